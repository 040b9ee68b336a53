using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Tests.Verification;

public sealed class AnswerFormatTests
{
    private readonly AnswerFormat _format = new();

    [Theory]
    [InlineData("3*4=12\nanswer: 12", "12")]
    [InlineData("Answer: 12.", "12.")]
    [InlineData("**Final answer:** red, dog", "red, dog")]
    [InlineData("answer: 1\nanswer: 2\nbye", "2")]
    [InlineData("so \\boxed{\\frac{1}{2}} it is", "\\frac{1}{2}")]
    [InlineData("steps\n#### 1,080", "1,080")]
    [InlineData("\\boxed{3}\nanswer: 4", "4")]
    [InlineData("answer: x\r\n", "x")]
    public void Extract_MarkedAnswer_IsFound(string response, string expected) => Assert.Equal(expected, _format.Extract(response));

    [Theory]
    [InlineData("")]
    [InlineData("it is 12")]
    [InlineData("answer:")]
    [InlineData("answer:  \n")]
    [InlineData("the answer: 12 is inside a sentence")]
    [InlineData("\\boxed{12")]
    public void Extract_NoMarkedAnswer_Null(string response) => Assert.Null(_format.Extract(response));

    [Theory]
    [InlineData("we get 7 and then -12.5 apples", "-12.5")]
    [InlineData("a-3", "3")]
    [InlineData("1,080 in all.", "1,080")]
    public void Find_LastNumberAllowed_IsFlagged(string response, string expected)
    {
        ExtractedAnswer? found = new AnswerFormat(new AnswerFormatOptions { LastNumber = true }).Find(response);

        Assert.Equal(new ExtractedAnswer(expected, AnswerSource.LastNumber), found);
    }

    [Fact]
    public void Find_MarksSwitchedOff_AreIgnored()
    {
        var format = new AnswerFormat(new AnswerFormatOptions { Boxed = false, HashMark = false });

        Assert.Null(format.Find("\\boxed{1}\n#### 2"));
    }

    [Theory]
    [InlineData(" 12.0 ", "12")]
    [InlineData("+007", "7")]
    [InlineData("-0", "0")]
    [InlineData("0.50", "0.5")]
    [InlineData("$1,080.00", "1080")]
    [InlineData("1,080,000", "1080000")]
    [InlineData("7,123,45", "7, 123, 45")]
    [InlineData("Red;  DOG | 3.", "red, dog, 3")]
    [InlineData("B  c A,a b", "b c a, a b")]
    [InlineData("Convert( 12.0 , KM )", "convert(12,km)")]
    [InlineData("1/2", "1/2")]
    [InlineData("99999999999999999999999999999999", "99999999999999999999999999999999")]
    public void Canonicalize_AnySpelling_OneSpelling(string answer, string expected)
    {
        string canonical = _format.Canonicalize(answer);

        Assert.Equal(expected, canonical);
        Assert.Equal(canonical, _format.Canonicalize(canonical));
    }

    [Theory]
    [InlineData("12", "12.00", true)]
    [InlineData("12", "13", false)]
    [InlineData("red, dog", "dog, red", false)]
    [InlineData("f(1,2)", "F(1, 2)", true)]
    [InlineData("12", null, false)]
    [InlineData(null, null, false)]
    [InlineData("", "", false)]
    public void Equivalent_TwoAnswers_MissingOnesNeverMatch(string? left, string? right, bool expected) =>
        Assert.Equal(expected, _format.Equivalent(left, right));

    [Fact]
    public void Canonicalize_CaseMatters_IsKept() =>
        Assert.Equal("Ab", new AnswerFormat(new AnswerFormatOptions { IgnoreCase = false }).Canonicalize("Ab"));
}
