namespace AiStack.Console.Telemetry.Otlp;

/// <summary>A message that is not OTLP; the text says where it stops being it.</summary>
internal sealed class OtlpFormatException(string message, Exception? inner = null) : Exception(message, inner);
