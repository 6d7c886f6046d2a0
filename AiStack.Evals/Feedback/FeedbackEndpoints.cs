using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Evals.Feedback;

/// <summary>The feedback API: what people think of answers that they were given.</summary>
internal static class FeedbackEndpoints
{
    public static void AddFeedback(this IHostApplicationBuilder builder) =>
        builder.Services.AddScoped<GiveFeedback>();

    public static void MapFeedback(this IEndpointRouteBuilder app)
    {
        var feedback = app.MapGroup("/api/feedback").WithTags("Feedback");
        var read = feedback.MapGroup("").RequireScope(Scopes.FeedbackRead);
        var write = feedback.MapGroup("").RequireScope(Scopes.FeedbackWrite);

        write.MapPost("/", GiveFeedback.HandleAsync)
            .WithName("GiveFeedback")
            .WithSummary("Says what an author thinks of an answer, and replaces what they said before.");
        read.MapGet("/", ListFeedback.HandleAsync).WithName("ListFeedback")
            .WithSummary("Lists the project's feedback.");
        read.MapGet("/counts", CountFeedback.HandleAsync)
            .WithName("CountFeedback").WithSummary("Counts verdicts and corrections.");
        read.MapGet("/{feedbackId}", GetFeedback.HandleAsync).WithName("GetFeedback")
            .WithSummary("Gets one author's feedback.");
        write.MapDelete("/{feedbackId}", DeleteFeedback.HandleAsync)
            .WithName("DeleteFeedback").WithSummary("Takes feedback back.");
    }

    /// <summary>The same fault for feedback that does not exist and that of another project.</summary>
    public static Fault Unknown { get; } = new(
        FaultCode.NotFound, "There is no such feedback in this project.", "feedback_id");
}
