using AiStack.Serving.ChatCompletions;
using AiStack.Serving.Completions;
using AiStack.Serving.Requests;
using AiStack.Serving.Responses;

namespace AiStack.Serving.Answers;

internal static class AnswerExtensions
{
    /// <summary>What both APIs need to answer, and the use case of each.</summary>
    public static void AddAnswers(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AskEngine>();
        builder.Services.AddSingleton<RecordCompletion>();
        builder.Services.AddSingleton<LateRecords>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LateRecords>());
        builder.Services.AddSingleton<ServingProcess>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ServingProcess>());
        builder.Services.AddSingleton<RequestChecks>();
        builder.Services.AddSingleton<Conversation>();
        builder.Services.AddSingleton<CreateResponse>();
        builder.Services.AddSingleton<ResponseStream>();
        builder.Services.AddSingleton<CreateChatCompletion>();
        builder.Services.AddSingleton<ChatStream>();
    }
}
