using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Models.Templates;
using Agents.Models.Templates.Jinja;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Templates.Jinja;

/// <summary>Agreement with Jinja2 itself. Opt-in: AGENTS_ORACLE_JINJA2 names a Python interpreter that has it.</summary>
public sealed class JinjaOracleTests
{
    private const string Bos = "<s>";
    private const string Eos = "</s>";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Render_Cases_AreWhatJinjaGives()
    {
        JsonNode variables = JsonNode.Parse(JinjaCases.Variables)!;
        (string Template, string Expected)[] cases = [.. JinjaCases.Rendered.Select(row => row.Data)];

        string?[] texts = await JinjaOracleProcess.RenderAsync(cases.Select(item => new { template = item.Template, variables }), Stop);

        Assert.Equal(cases.Select(item => item.Expected), texts);
    }

    [Fact]
    public async Task Render_DamagedCases_FailInJinjaToo()
    {
        JsonNode variables = JsonNode.Parse(JinjaCases.Variables)!;

        string?[] texts = await JinjaOracleProcess.RenderAsync(JinjaCases.Refused.Select(row => new { template = row.Data, variables }), Stop);

        Assert.All(texts, Assert.Null);
    }

    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct")]
    [InlineData("Qwen-Qwen3-0.6B")]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct")]
    [InlineData("meta-llama-Llama-3.2-3B-Instruct")]
    [InlineData("HuggingFaceTB-SmolLM3-3B")]
    [InlineData("google-gemma-2-2b-it")]
    [InlineData("microsoft-Phi-3.5-mini-instruct")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407")]
    public async Task Render_PublishedTemplate_GivesWhatJinjaGives(string file)
    {
        string jinja = await File.ReadAllTextAsync(OutsideData.Require("chat-templates", file + ".jinja"), Stop);
        ChatTemplate sut = JinjaChatTemplate.Create(file, jinja, Definition(), new FixedTime());
        SampleConversation[] conversations = SampleConversation.All();

        string?[] expected = await JinjaOracleProcess.RenderAsync(
            conversations.Select(conversation => new { template = jinja, variables = conversation.ToVariables(Bos, Eos) }), Stop);

        Assert.Equal(conversations.Length, expected.Length);
        int rendered = 0;
        for (int i = 0; i < conversations.Length; i++)
        {
            string? actual = Render(sut, conversations[i]);
            Assert.True(expected[i] == actual, $"Conversation {i}:\n{expected[i]}\n--- but ---\n{actual}");
            rendered += actual is null ? 0 : 1;
        }

        Assert.InRange(rendered, 10, conversations.Length);
    }

    private static string? Render(ChatTemplate template, SampleConversation conversation)
    {
        try
        {
            return template.Render(conversation.Turns, conversation.Input).Text;
        }
        catch (JinjaException)
        {
            return null;
        }
    }

    private static TokenizerDefinition Definition() => new()
    {
        Model = "llama",
        Tokens = [Bos, Eos],
        Kinds = [TokenKind.Control, TokenKind.Control],
        Merges = [],
        BosId = 0,
        EosId = 1,
    };
}
