using System.ComponentModel;
using System.Text.Json;
using Agents.Models.Chat;
using Agents.Models.Chat.Tools;
using Agents.Models.Constraints;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tests.Constraints;
using Agents.Models.Tokenization;
using Microsoft.Extensions.AI;

namespace Agents.Models.Tests.Chat;

public sealed class LocalChatToolTests : IDisposable
{
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "the cat?")];
    private static readonly AIFunctionDeclaration Weather = AIFunctionFactory.CreateDeclaration(
        "weather", "Tells the weather.", JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string","maxLength":4},"days":{"type":"integer","minimum":1,"maximum":9}},"required":["city"]}"""));

    private static readonly AIFunctionDeclaration Clock = AIFunctionFactory.CreateDeclaration("clock", "Tells the time.", JsonElement.Parse("""{"type":"object","properties":{}}"""));

    private readonly DecoderModel _model = SeededModel.Create();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task GetResponseAsync_ToolsOffered_StandInThePromptAndCallsAreRead()
    {
        ScriptedModel model = new(_model, "Hm.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Bonn\"}}\n</tool_call>");
        using LocalChatClient client = new(model, ChatTemplates.ChatMl);

        ChatResponse response = await client.GetResponseAsync(Question, new ChatOptions { Tools = [Weather, Clock] }, Stop);

        string prompt = _model.Tokenizer.Decode([.. model.Asked!.Prompts[0].TokenIds]);
        Assert.Contains("<tools>\n{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"description\": \"Tells the weather.\", \"parameters\": {", prompt, StringComparison.Ordinal);
        Assert.Null(model.Asked.Constraint);
        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal(("weather", "Bonn"), (call.Name, ((JsonElement)call.Arguments!["city"]!).GetString()));
        Assert.Matches("^[0-9a-z]{9}$", call.CallId);
        Assert.Equal(("Hm.\n", ChatFinishReason.ToolCalls), (response.Text, response.FinishReason!.Value));
        Assert.NotNull(response.AdditionalProperties![GenerationRecord.PropertyName]);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Calls_EqualTheWholeAnswer()
    {
        ScriptedModel model = new(_model, "a<tool_call>{\"name\":\"clock\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"clock\",\"arguments\":{}}</tool_call>");
        using LocalChatClient client = new(model, ChatTemplates.ChatMl);
        ChatOptions options = new() { Tools = [Clock] };

        ChatResponse whole = await client.GetResponseAsync(Question, options, Stop);
        ChatResponse streamed = await client.GetStreamingResponseAsync(Question, options, Stop).ToChatResponseAsync(Stop);

        string[] ids = [.. whole.Messages[0].Contents.OfType<FunctionCallContent>().Select(call => call.CallId)];
        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(ids, streamed.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(call => call.CallId));
        Assert.Equal((whole.Text, whole.FinishReason), (streamed.Text, streamed.FinishReason));
    }

    [Fact]
    public async Task GetResponseAsync_CallWithoutTools_StaysText()
    {
        const string text = "<tool_call>{\"name\":\"clock\",\"arguments\":{}}</tool_call>";
        using LocalChatClient client = new(new ScriptedModel(_model, text), ChatTemplates.ChatMl);

        ChatResponse none = await client.GetResponseAsync(Question, cancellationToken: Stop);
        ChatResponse off = await client.GetResponseAsync(Question, new ChatOptions { Tools = [Clock], ToolMode = ChatToolMode.None }, Stop);

        Assert.Equal((text, text), (none.Text, off.Text));
        Assert.Equal(ChatFinishReason.Stop, off.FinishReason);
    }

    [Fact]
    public async Task GetResponseAsync_MalformedCall_StaysTextAndIsReported()
    {
        using LocalChatClient client = new(new ScriptedModel(_model, "<tool_call>{oops</tool_call>"), ChatTemplates.ChatMl, new LocalChatClientOptions());

        ChatResponse response = await client.GetResponseAsync(Question, new ChatOptions { Tools = [Clock] }, Stop);

        Assert.Equal("<tool_call>{oops</tool_call>", response.Text);
        Assert.Equal("malformed_tool_call", Assert.Single(response.Messages[0].Contents.OfType<ErrorContent>()).ErrorCode);
    }

    [Theory]
    [InlineData(ToolCallFormat.Tags)]
    [InlineData(ToolCallFormat.Bare)]
    public async Task GetResponseAsync_RequiredCall_IsWrittenByAnyModel(ToolCallFormat format)
    {
        using DecoderModel model = LongModel();
        using LocalChatClient client = new(model, ChatTemplates.ChatMl, new LocalChatClientOptions { ToolCalls = format });
        HashSet<string> names = [];
        for (int seed = 0; seed < 12; seed++)
        {
            ChatResponse response = await client.GetResponseAsync(Question, new ChatOptions { Tools = [Weather, Clock], ToolMode = ChatToolMode.RequireAny, Seed = seed, MaxOutputTokens = 150 }, Stop);

            FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
            names.Add(call.Name);
            Assert.Equal("", response.Text);
            Assert.True(SchemaValidator.Validates((call.Name == "clock" ? Clock : Weather).JsonSchema.GetRawText(), JsonSerializer.Serialize(call.Arguments)));
        }

        Assert.Equal(["clock", "weather"], names.Order());
    }

    [Fact]
    public async Task GetResponseAsync_RequiredTool_IsTheOnlyOne()
    {
        using DecoderModel model = LongModel();
        using LocalChatClient client = new(model, ChatTemplates.ChatMl);

        IReadOnlyList<ChatResponse> responses = await client.SampleAsync(
            Question, 6, new ChatOptions { Tools = [Weather, Clock], ToolMode = ChatToolMode.RequireSpecific("weather"), MaxOutputTokens = 150 }, Stop);

        Assert.All(responses, response => Assert.Equal("weather", Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>()).Name));
    }

    [Fact]
    public async Task GetResponseAsync_RequiredCallOfAList_IsOpenedByThePrompt()
    {
        TokenizerDefinition definition = SeededModel.Tokenizer with
        {
            Tokens = [.. SeededModel.Tokenizer.Tokens, "[TOOL_CALLS]"],
            Kinds = [.. Enumerable.Range(0, SeededModel.Tokenizer.Tokens.Count).Select(SeededModel.Tokenizer.KindOf), TokenKind.Control],
        };
        BytePairTokenizer tokenizer = new(definition);
        ScriptedModel forced = new(_model, """[{"name": "clock", "arguments": {}}]""", tokenizer);
        ScriptedModel free = new(_model, """I look.[TOOL_CALLS][{"name": "clock", "arguments": {}}]""", tokenizer);
        using LocalChatClient one = new(forced, ChatTemplates.ChatMl);
        using LocalChatClient two = new(free, ChatTemplates.ChatMl);

        ChatResponse required = await one.GetResponseAsync(Question, new ChatOptions { Tools = [Clock], ToolMode = ChatToolMode.RequireAny }, Stop);
        ChatResponse chosen = await two.GetResponseAsync([new(ChatRole.User, "say [TOOL_CALLS]")], new ChatOptions { Tools = [Clock] }, Stop);

        Assert.True(tokenizer.TryGetSpecialId("[TOOL_CALLS]", out int marker));
        Assert.Equal(marker, forced.Asked!.Prompts[0].TokenIds[^1]);
        Assert.Equal(OutputConstraintKind.Alternatives, forced.Asked.Constraint!.Kind);
        Assert.DoesNotContain(marker, free.Asked!.Prompts[0].TokenIds);
        Assert.Single(required.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Single(chosen.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("I look.", chosen.Text);
    }

    [Fact]
    public async Task GetResponseAsync_Results_GoBackIn()
    {
        ScriptedModel model = new(_model, "ok");
        using LocalChatClient client = new(model, ChatTemplates.Qwen25);
        ChatMessage[] messages =
        [
            .. Question, new(ChatRole.Assistant, [new FunctionCallContent("c1", "clock", new Dictionary<string, object?> { ["z"] = 1 })]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "noon<|im_end|>")]),
        ];

        await client.GetResponseAsync(messages, new ChatOptions { Tools = [Clock] }, Stop);

        string prompt = _model.Tokenizer.Decode([.. model.Asked!.Prompts[0].TokenIds]);
        Assert.Contains("<tool_call>\n{\"name\": \"clock\", \"arguments\": {\"z\": 1}}\n</tool_call>", prompt, StringComparison.Ordinal);
        Assert.Contains("<tool_response>\nnoon<|im_end|>\n</tool_response>", prompt, StringComparison.Ordinal);
        int end = _model.Tokenizer.EndIds.First(id => _model.Tokenizer.TokenText(id) == "<|im_end|>");
        Assert.Equal(4, model.Asked.Prompts[0].TokenIds.Count(id => id == end));
    }

    [Fact]
    public async Task GetResponseAsync_ResponseFormats_AreKept()
    {
        using LocalChatClient client = new(_model);
        ChatOptions Format(ChatResponseFormat format, int seed) => new() { ResponseFormat = format, Seed = seed, MaxOutputTokens = 30 };

        for (int seed = 0; seed < 8; seed++)
        {
            string any = (await client.GetResponseAsync(Question, Format(ChatResponseFormat.Json, seed), Stop)).Text;
            string schema = (await client.GetResponseAsync(Question, Format(ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"enum":["x","yy",3]}""")), seed), Stop)).Text;
            string pattern = (await client.GetResponseAsync(
                Question, new ChatOptions { Seed = seed, AdditionalProperties = new() { [ChatOptionKeys.Regex] = "[ab]{3}" } }, Stop)).Text;

            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(any).ValueKind);
            Assert.Contains(schema, (string[])["\"x\"", "\"yy\"", "3"]);
            Assert.Matches("^[ab]{3}$", pattern);
        }
    }

    [Fact]
    public async Task GetResponseAsync_FormatBesideTools_AllowsBoth()
    {
        using DecoderModel model = LongModel();
        using LocalChatClient client = new(model, ChatTemplates.ChatMl);
        ChatOptions options = new() { Tools = [Clock], ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"const":"none"}""")), MaxOutputTokens = 120 };

        IReadOnlyList<ChatResponse> responses = await client.SampleAsync(Question, 24, options, Stop);

        Assert.All(responses, response => Assert.True(response.Text == "\"none\"" || response.Messages[0].Contents.OfType<FunctionCallContent>().Any(), response.Text));
        Assert.Contains(responses, response => response.Text == "\"none\"");
    }

    [Fact]
    public async Task GetResponseAsync_WhatCannotBe_IsNamed()
    {
        using LocalChatClient client = new(_model);
        using LocalChatClient plain = new(new ScriptedModel(_model, "x", capabilities: LanguageModelCapabilities.None), ChatTemplates.ChatMl);
        async Task<string> Error<T>(LocalChatClient sut, ChatOptions options)
            where T : Exception => (await Assert.ThrowsAsync<T>(() => sut.GetResponseAsync(Question, options, Stop))).Message;

        Assert.Contains("empty", await Error<ArgumentException>(client, new ChatOptions { ToolMode = ChatToolMode.RequireAny }), StringComparison.Ordinal);
        Assert.Contains("'other'", await Error<ArgumentException>(client, new ChatOptions { Tools = [Clock], ToolMode = ChatToolMode.RequireSpecific("other") }), StringComparison.Ordinal);
        Assert.Contains("same name", await Error<ArgumentException>(client, new ChatOptions { Tools = [Clock, Clock] }), StringComparison.Ordinal);
        Assert.Contains("grammar", await Error<NotSupportedException>(plain, new ChatOptions { ResponseFormat = ChatResponseFormat.Json }), StringComparison.Ordinal);
        Assert.Contains("choose one", await Error<ArgumentException>(
            client, new ChatOptions { ResponseFormat = ChatResponseFormat.Json, AdditionalProperties = new() { [ChatOptionKeys.Regex] = "a" } }), StringComparison.Ordinal);
        Assert.Contains("look-ahead", await Error<ConstraintException>(client, new ChatOptions { AdditionalProperties = new() { [ChatOptionKeys.Regex] = "(?=a)" } }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct", "qwen2.5")]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct", "llama3.1")]
    public void Render_BuiltInWithTools_EqualsThePublishedTemplate(string file, string name)
    {
        string jinja = File.ReadAllText(OutsideData.Require("chat-templates", file + ".jinja"));
        TokenizerDefinition definition = SeededModel.Tokenizer with { Tokens = [.. SeededModel.Tokenizer.Tokens.Take(299), "<|begin_of_text|>"], Kinds = [], BosId = 299 };
        TemplateInput input = new() { Tools = [JsonElement.Parse("""{"type":"function","function":{"name":"f","description":"d <&> ä","parameters":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}}""")] };
        ChatTurn call = new("assistant", "") { ToolCalls = [new("abcdefghi", "f", JsonElement.Parse("""{"a":1}"""))] };
        ChatTurn[][] conversations = [[new("user", "q")], [new("system", "s"), new("user", "q"), call, new("tool", "7")]];

        foreach (ChatTurn[] turns in conversations)
        {
            Assert.Equal(JinjaChatTemplate.Create("j", jinja, definition).Render(turns, input).Text, ChatTemplates.ForName(name).Render(turns, input).Text);
        }
    }

    /// <summary>A random model whose context holds descriptions of tools.</summary>
    private static DecoderModel LongModel()
    {
        DecoderWeights<float> weights = new(SeededModel.Shape() with { ContextLength = 2048 });
        WeightInitializer.Fill(weights, new SampleStream(5));
        return new DecoderModel(weights, SeededModel.Tokenizer, new DecoderModelOptions { Name = "long" });
    }
}
