namespace AiStack.AppHost.Run;

/// <summary>A start that a person has to put something right for. Its message is all that is printed.</summary>
internal sealed class RefusalException(string message) : Exception(message);
