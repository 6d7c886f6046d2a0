namespace AiStack.Serving.Requests;

internal static class RequestExtensions
{
    /// <summary>What the requests of both APIs are checked by.</summary>
    public static void AddRequests(this IHostApplicationBuilder builder) =>
        builder.Services.AddSingleton<RequestChecks>();
}
