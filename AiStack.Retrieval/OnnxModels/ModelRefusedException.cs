namespace AiStack.Retrieval.OnnxModels;

/// <summary>A model's folder cannot be used; the message is one line that names the file and says why.</summary>
internal sealed class ModelRefusedException(string message, Exception? inner = null)
    : Exception(message.ReplaceLineEndings(" "), inner);
