namespace AiStack.ServiceDefaults.Requests;

/// <summary>
/// Metadata of an endpoint that passes requests on unchanged: the service behind it unpacks and answers them.
/// </summary>
public sealed class HandedOn;
