using System.Net;
using System.Text.Json;
using Agents.Models;
using Agents.Models.Chat;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;

namespace Agents.Server.Tests.OpenAi;

/// <summary>A real decoder with random weights behind the endpoint: text is noise, everything else must hold.</summary>
public sealed class LocalModelTests
{
    private const string Request = """{"model":"noise","messages":[{"role":"user","content":"the cat"}],"max_tokens":12,"seed":3""";

    [Fact]
    public async Task Post_SameSeed_GivesTheSameAnswerWholeAndStreamed()
    {
        using DecoderModel model = Noise();
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));

        (HttpStatusCode status, JsonElement first) = await server.AskAsync(Request + "}");
        (_, JsonElement second) = await server.AskAsync(Request + "}");
        IReadOnlyList<string> events = await server.StreamAsync(Request + ""","stream":true,"stream_options":{"include_usage":true}}""");

        Assert.Equal(HttpStatusCode.OK, status);
        string? text = first.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        Assert.Equal(text, second.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        string streamed = string.Concat(events.SkipLast(2).Select(part => JsonElement.Parse(part).GetProperty("choices")[0].GetProperty("delta"))
            .Select(delta => delta.TryGetProperty("content", out JsonElement content) ? content.GetString() : ""));
        Assert.Equal(text, streamed);
        Assert.Equal(
            first.GetProperty("usage").GetProperty("completion_tokens").GetInt32(),
            JsonElement.Parse(events[^2]).GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.InRange(first.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), 1, 12);
    }

    [Fact]
    public async Task Post_Group_GivesDifferentAnswers()
    {
        using DecoderModel model = Noise();
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));

        (_, JsonElement body) = await server.AskAsync(Request + ""","n":3}""");

        Assert.Equal(3, body.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Post_PromptBeyondTheContext_Is400()
    {
        using DecoderModel model = Noise();
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));

        (HttpStatusCode status, JsonElement body) = await server.AskAsync(
            $$"""{"model":"noise","messages":[{"role":"user","content":"{{string.Concat(Enumerable.Repeat("the cat ", 200))}}"}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("context", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    internal static DecoderModel Noise(int context = 128)
    {
        const string text = "the cat sat on the mat and the dog ran to the man who had the hat.\n";
        TokenizerDefinition tokenizer = BytePairTrainer.Train(
            [text], new BytePairTrainerOptions { VocabularySize = 280, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] });
        tokenizer = tokenizer with
        {
            EosId = 279,
            AddBos = false,
            ChatTemplate = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
        };
        DecoderWeights<float> weights = new(ModelShape.Uniform("llama", 280, 64, 2, new LayerShape(4, 2, 16, 96), context) with { TiedEmbeddings = true });
        WeightInitializer.Fill(weights, new SampleStream(5));
        return new DecoderModel(weights, tokenizer, new DecoderModelOptions { Name = "noise" });
    }
}
