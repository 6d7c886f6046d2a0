using AiStack.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiStack.ServiceDefaults.Errors;

internal static class ErrorExtensions
{
    public static void AddErrors(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<FailureHandler>();
    }

    /// <summary>
    /// No answer without a body that says what is wrong: exceptions, and refusals by the framework itself.
    /// </summary>
    public static void UseErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // A dependency that is down is an expected failure: it has its own answer and needs
            // no error log with a stack.
            SuppressDiagnosticsCallback = context => DependencyFailure.NameOf(context.Exception) is not null
                || context.Exception is BadHttpRequestException,
        });
        app.UseStatusCodePages(
            context => FrameworkRefusal(context.HttpContext).ToResult().ExecuteAsync(context.HttpContext));
    }

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
        StatusCodes.Status413PayloadTooLarge => BodyLimit.TooLong,
        StatusCodes.Status415UnsupportedMediaType => new(FaultCode.UnsupportedMediaType,
            $"Content-Type '{context.Request.ContentType}' is not supported here.", "Content-Type"),
        >= 500 => new(FaultCode.DependencyUnavailable, "The service cannot answer now. Try again soon."),
        var status => new(FaultCode.InvalidArgument, $"The request was refused with status {status}."),
    };
}
