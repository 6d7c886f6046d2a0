namespace AiStack.AppHost.Run;

/// <summary>A start that fails until a person fixes something. Only its message is printed.</summary>
internal sealed class RefusalException(string message) : Exception(message);
