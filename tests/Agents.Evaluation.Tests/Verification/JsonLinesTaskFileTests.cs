using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Tests.Verification;

public sealed class JsonLinesTaskFileTests
{
    private static Task<IReadOnlyList<TaskItem>> Read(string text) =>
        JsonLinesTaskFile.ReadAsync(new StringReader(text), "set", cancellationToken: TestContext.Current.CancellationToken);

    [Fact]
    public async Task ReadAsync_WholeSolutions_AnswerComesFromTheMark()
    {
        IReadOnlyList<TaskItem> items = await Read("{\"question\":\"q1\",\"answer\":\"2+2=4\\n#### 4\"}\n\n{\"question\":\"q2\",\"answer\":\"blue\",\"extra\":1}\n");

        Assert.Equal(["4", "blue"], items.Select(item => item.Answer));
        Assert.Equal(["2+2=4", ""], items.Select(item => item.Steps));
        Assert.Equal(["set/1", "set/3"], items.Select(item => item.Id));
    }

    [Theory]
    [InlineData("{\"question\":\"q\"", 1)]
    [InlineData("{\"question\":\"q\",\"answer\":\"a\"}\n[1]", 2)]
    [InlineData("\n{\"question\":\"q\"}", 2)]
    [InlineData("{\"question\":\"q\",\"answer\":5}", 1)]
    [InlineData("{\"question\":\" \",\"answer\":\"5\"}", 1)]
    public async Task ReadAsync_BrokenLine_ErrorNamesFileAndLine(string text, int line)
    {
        TaskFileException error = await Assert.ThrowsAsync<TaskFileException>(() => Read(text));

        Assert.Equal(line, error.Line);
        Assert.Contains("set, line " + line, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_PublicMathSet_EveryAnswerIsANumberAndJudgesItself()
    {
        string? root = Environment.GetEnvironmentVariable("AGENTS_TEST_DATA");
        string path = Path.Combine(root ?? "", "gsm8k", "test.jsonl");
        Assert.SkipUnless(root is not null && File.Exists(path), "AGENTS_TEST_DATA has no gsm8k/test.jsonl");

        IReadOnlyList<TaskItem> items = await JsonLinesTaskFile.ReadAsync(path, cancellationToken: TestContext.Current.CancellationToken);

        var verifier = new ReferenceVerifier();
        Assert.Equal(1319, items.Count);
        Assert.All(items, item => Assert.Single(item.Slots));
        Assert.All(items, item => Assert.True(verifier.Judge(item.Judge(item.Steps + "\n#### " + item.Answer)).Correct));
    }
}
