using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Tests.Running;

public sealed class VisibleTestsTests
{
    [Theory]
    [InlineData("    >>> f(3)\n    6\n", "f(3) == 6")]
    [InlineData(">>> f([1, 2], 'a')\n[2, 3]\n>>> f([])\n[]", "f([1, 2], 'a') == [2, 3]|f([]) == []")]
    [InlineData(">>> x = 3\n>>> f(x)\n\"\"\"", "")]
    [InlineData(">>> f(3) == 6\nTrue", "f(3) == 6")]
    [InlineData("assert f(3) == 6, \"no\"\nassert f(4) == 8", "f(3) == 6|f(4) == 8")]
    [InlineData("// F(3) == 6\n/// F(\"a = b\") => \"=\"\n* F(1) -> 2.", "F(3) == 6|F(\"a = b\") == \"=\"|F(1) == 2")]
    [InlineData("f(3)=6; f(4)=8;f(-1)=-2", "f(3) == 6|f(4) == 8|f(-1) == -2")]
    [InlineData("1. `f(3) == 6`", "f(3) == 6")]
    [InlineData("f(3) == 6\nf(3) == 6", "f(3) == 6")]
    [InlineData("new Solution().F(3) == 6", "new Solution().F(3) == 6")]
    [InlineData("f(3) == 6 # twice", "f(3) == 6")]
    [InlineData("def f(n) -> int:\n    return n == 3", "")]
    [InlineData("f(n) -> int\nif f(3) >= 6: g(1)\nf(3) != 6\nx = f(3)\nf(3)(4) = 7 ...", "")]
    [InlineData("The value of f(3) is 6.", "")]
    [InlineData("f(3 == 6", "")]
    public void Find_Question_TheExamples(string question, string tests) => Assert.Equal(tests, string.Join('|', VisibleTests.Find(question)));

    [Fact]
    public void Find_VeryManyExamples_AreLimited() => Assert.Equal(100, VisibleTests.Find(string.Join('\n', Enumerable.Range(0, 300).Select(i => $"f({i}) == {i}"))).Count);

    [Theory]
    [InlineData("```csharp\nint F(int n)\n```", CodeLanguage.CSharp)]
    [InlineData("Write a C# function.", CodeLanguage.CSharp)]
    [InlineData("public static List<int> F(int n)", CodeLanguage.CSharp)]
    [InlineData("def f(n):", CodeLanguage.Python)]
    [InlineData("Write a Python function.", CodeLanguage.Python)]
    [InlineData("Double a number.", CodeLanguage.Python)]
    public void Detect_Question_ItsLanguage(string question, CodeLanguage language) => Assert.Equal(language, Languages.Detect(question));
}
