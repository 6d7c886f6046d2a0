using AiStack.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiStack.ServiceDefaults.Errors;

internal static class ErrorExtensions
{
    public static void AddErrors(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<FailureHandler>();
        // Otherwise only a service in development would come to name the field that cannot be read.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }

    /// <summary>
    /// No answer without a body that says what is wrong: exceptions, and refusals by the framework itself.
    /// </summary>
    public static void UseErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            SuppressDiagnosticsCallback = context => FailureHandler.IsExpected(context.Exception),
        });
        app.UseStatusCodePages(
            context => FrameworkRefusal(context.HttpContext).ToResult().ExecuteAsync(context.HttpContext));
    }

    public static Fault UnsupportedMediaType(HttpRequest request) => new(
        FaultCode.UnsupportedMediaType,
        string.IsNullOrEmpty(request.ContentType)
            ? "The request has a body and no Content-Type."
            : $"Content-Type '{request.ContentType}' is not supported here.",
        "Content-Type");

    private static Fault FrameworkRefusal(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => new(FaultCode.Unauthenticated,
            "The API key is missing or not valid. Send it as 'Authorization: Bearer <key>'."),
        StatusCodes.Status403Forbidden => new(FaultCode.Forbidden,
            $"This API key lacks the scope that {context.Request.Method} {context.Request.Path} needs."),
        StatusCodes.Status404NotFound => new(FaultCode.NotFound,
            $"There is no {context.Request.Method} {context.Request.Path}."),
        StatusCodes.Status405MethodNotAllowed => new(FaultCode.MethodNotAllowed,
            $"{context.Request.Method} is not allowed on {context.Request.Path}."),
        StatusCodes.Status413PayloadTooLarge => LongBody.Fault,
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType(context.Request),
        StatusCodes.Status400BadRequest => new(FaultCode.InvalidArgument,
            "The request cannot be read: it breaks off, breaks the rules of HTTP, or is not what is expected here."),
        StatusCodes.Status408RequestTimeout => new(FaultCode.InvalidArgument,
            "The request's body came too slowly, or not at all."),
        StatusCodes.Status507InsufficientStorage => new(FaultCode.StorageFull, "The storage is full."),
        >= 500 => new(FaultCode.DependencyUnavailable, "The service cannot answer now. Try again soon."),
        var status => new(FaultCode.InvalidArgument, $"The request was refused with status {status}."),
    };
}
