namespace AiStack.ServiceDefaults.Requests;

/// <summary>
/// Metadata of an endpoint that hands requests on as they came: the service behind it unpacks and answers them.
/// </summary>
public sealed class HandedOn;
