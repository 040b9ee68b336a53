using Agents.Evaluation.Verification;
using Agents.Verification;

namespace Agents.Evaluation.Tests.Verification;

public sealed class ReferenceVerifierTests
{
    private readonly ReferenceVerifier _verifier = new();

    [Theory]
    [InlineData("answer: a, b, c, d", true, 1)]
    [InlineData("answer: a, x, c, d", false, 0.75)]
    [InlineData("answer: a, b", false, 0.5)]
    [InlineData("answer: a, b, c, d, e", false, 0.8)]
    [InlineData("answer: b, c, d, a", false, 0)]
    public void Judge_SeveralSlots_ScoreIsShareOfRightSlots(string response, bool correct, double score)
    {
        Verdict verdict = _verifier.Judge(new VerificationRequest("q", response) { Reference = "a, b, c, d" });

        Assert.Equal(correct, verdict.Correct);
        Assert.Equal(score, verdict.Score!.Value, 12);
        Assert.Equal(score, verdict.Components["slots"], 12);
        Assert.False(verdict.Invalid);
    }

    [Theory]
    [InlineData("answer: pear", true)]
    [InlineData("answer: PLUM", true)]
    [InlineData("answer: dog", false)]
    [InlineData("answer: pear, plum", false)]
    public void Judge_AnyMember_IsRight(string response, bool correct)
    {
        Verdict verdict = _verifier.Judge(new VerificationRequest("q", response) { Reference = "apple", Members = ["apple", "pear", "plum"] });

        Assert.Equal(correct, verdict.Correct);
    }

    [Theory]
    [InlineData("answer: pear, plum", true, 1)]
    [InlineData("answer: pear, pear", false, 0.5)]
    [InlineData("answer: pear", false, 0.5)]
    [InlineData("answer: pear, plum, apple", false, 0.6666666666666666)]
    public void Judge_TwoMembersAsked_NoneCountsTwice(string response, bool correct, double score)
    {
        Verdict verdict = _verifier.Judge(new VerificationRequest("q", response) { Reference = "apple, pear", Members = ["apple", "pear", "plum"] });

        Assert.Equal(correct, verdict.Correct);
        Assert.Equal(score, verdict.Score!.Value, 12);
    }

    [Fact]
    public async Task JudgeAsync_NoReference_IsNotJudgeable()
    {
        Verdict verdict = await _verifier.JudgeAsync(new VerificationRequest("q", "answer: 1"), TestContext.Current.CancellationToken);

        Assert.Null(verdict.Correct);
        Assert.Null(verdict.Score);
    }

    [Fact]
    public void Judge_NoAnswer_IsWrongAndInvalid()
    {
        Verdict verdict = _verifier.Judge(new VerificationRequest("q", "no idea") { Reference = "1" });

        Assert.False(verdict.Correct);
        Assert.Equal(0, verdict.Score);
        Assert.True(verdict.Invalid);
        Assert.Equal(0, verdict.Components["format"]);
    }

    [Fact]
    public void Judge_GuessedNumber_HalvesTheFormatComponent()
    {
        var verifier = new ReferenceVerifier(new AnswerFormat(new AnswerFormatOptions { LastNumber = true }));

        Verdict verdict = verifier.Judge(new VerificationRequest("q", "it is 12") { Reference = "12" });

        Assert.True(verdict.Correct);
        Assert.Equal(0.5, verdict.Components["format"]);
    }

    [Fact]
    public async Task JudgeAsync_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await _verifier.JudgeAsync(new VerificationRequest("q", "answer: 1") { Reference = "1" }, cancelled.Token));
    }
}
