namespace AiStack.Gateway.Keys;

/// <summary>Metadata of an endpoint whose answer is shown once and kept nowhere.</summary>
internal sealed class SecretAnswer;
