namespace AiStack.Console.Start;

/// <summary>One question to the API, in the languages that people come with. The clients are OpenAI's own.</summary>
internal static class SnippetText
{
    private const string Question = "How many days of paid holiday does a full-time employee get?";

    /// <summary>The examples by language; each reads the two settings that stand above them.</summary>
    public static IEnumerable<(string Language, string Text)> All(string storeId) =>
    [
        ("curl", Curl(storeId)),
        ("C#", CSharp(storeId)),
        ("Python", Python(storeId)),
        ("TypeScript", TypeScript(storeId)),
    ];

    private static string Curl(string storeId) =>
        $$"""
        curl $OPENAI_BASE_URL/responses \
          -H "Authorization: Bearer $OPENAI_API_KEY" \
          -H "Content-Type: application/json" \
          -d '{
            "model": "default",
            "input": "{{Question}}",
            "tools": [{"type": "file_search", "vector_store_ids": ["{{storeId}}"]}]
          }'
        """;

    private static string CSharp(string storeId) =>
        $$"""
        // dotnet add package OpenAI
        #pragma warning disable OPENAI001
        using System.ClientModel;
        using OpenAI;
        using OpenAI.Responses;

        var key = new ApiKeyCredential(Environment.GetEnvironmentVariable("OPENAI_API_KEY")!);
        var address = new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL")!);
        var client = new OpenAIClient(key, new OpenAIClientOptions { Endpoint = address }).GetResponsesClient();

        var options = new CreateResponseOptions("default", [ResponseItem.CreateUserMessageItem("{{Question}}")]);
        options.Tools.Add(ResponseTool.CreateFileSearchTool(["{{storeId}}"]));
        ResponseResult answer = await client.CreateResponseAsync(options);
        Console.WriteLine(answer.GetOutputText());
        """;

    private static string Python(string storeId) =>
        $$"""
        # pip install openai
        from openai import OpenAI

        answer = OpenAI().responses.create(
            model="default",
            input="{{Question}}",
            tools=[{"type": "file_search", "vector_store_ids": ["{{storeId}}"]}],
        )
        print(answer.output_text)
        """;

    private static string TypeScript(string storeId) =>
        $$"""
        // npm install openai
        import OpenAI from 'openai';

        const answer = await new OpenAI().responses.create({
            model: 'default',
            input: '{{Question}}',
            tools: [{ type: 'file_search', vector_store_ids: ['{{storeId}}'] }],
        });
        console.log(answer.output_text);
        """;
}
