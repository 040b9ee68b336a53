using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Agents.Models.Constraints;

namespace Agents.Models.Tests.Constraints;

public sealed class RegexConstraintTests
{
    public static TheoryData<string> Patterns =>
    [
        "abc", "a|b|cde", "a*", "(ab)+", "a?b?c?", "[a-z]{3}", "[^a-z\\n]{2,4}", "\\d{1,3}(\\.\\d{1,3}){3}", "(?:yes|no|maybe)( please)?", "^start.*end$",
        "\\w+@\\w+\\.(com|org)", "\\s*\\S+\\s*", "[äöü]{1,3}ß?", "[\\u4e00-\\u4fff]{1,4}", "\\p{Lu}\\p{Ll}{0,5}", "\\P{L}{1,3}", "x{0,5}y{2,}", "(a|b)*abb", "((a{0,3}){0,3}b?){0,3}",
        "(a*)*b", "(a+)+", "(|a|bc){2,4}", "[\\]\\[\\-^]{3}", "[-a]{2}", "\\x41\\u0042\\t\\\\\\.", "\\D{3}", "\\W{2}", "(?<year>\\d{4})-(?<month>0[1-9]|1[0-2])", "a.c", "[\\d_]{2,}?", "\\Aab\\z", "é+|(?:😀)?x",
    ];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Write_RandomModels_AlwaysMatches(string pattern)
    {
        Regex oracle = new($"^(?:{pattern})\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
        foreach (ITokenizer tokenizer in (ITokenizer[])[ConstrainedText.Bytes, ConstrainedText.Json])
        {
            CompiledConstraint constraint = new ConstraintCompiler(tokenizer).Compile(OutputConstraint.Regex(pattern));
            for (ulong run = 0; run < 60; run++)
            {
                (string text, bool complete, _) = ConstrainedText.Write(constraint, tokenizer, new SampleStream(run), 40, bias: run % 3 * 0.2);

                Assert.True(complete, $"'{text}' is not complete.");
                Assert.DoesNotContain('\uFFFD', text);

                // The other engine reads UTF-16 units, so only texts without pairs can be compared.
                if (!text.Any(char.IsSurrogate))
                {
                    Assert.Matches(oracle, text);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Matches_MutatedTexts_AcceptsNothingTheOtherEngineRefuses(string pattern)
    {
        Regex oracle = new($"^(?:{pattern})\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
        CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Bytes).Compile(OutputConstraint.Regex(pattern));
        SampleStream stream = new(7);
        for (ulong run = 0; run < 60; run++)
        {
            StringBuilder text = new(ConstrainedText.Write(constraint, ConstrainedText.Bytes, new SampleStream(run), 24, bias: 0.3).Text);
            text.Insert((int)(stream.NextUnit() * (text.Length + 1)), "ab1.-é"[(int)(stream.NextUnit() * 6)]);
            string mutant = text.ToString();
            if (!mutant.Any(char.IsSurrogate) && constraint.Matches(Encoding.UTF8.GetBytes(mutant)))
            {
                Assert.Matches(oracle, mutant);
            }
        }
    }

    [Theory]
    [InlineData("colou?r", "color|colour", "colouur|colo|colorr")]
    [InlineData("(a|b)*abb", "abb|aabb|babb|abababb", "ab|abba|")]
    [InlineData("\\d{2,3}", "12|123", "1|1234|1a")]
    [InlineData("[^,]+,[^,]+", "a,b|x y,z", "a,|,b|a,b,c")]
    [InlineData("a{2,}", "aa|aaaaa", "a|")]
    public void Matches_KnownTexts_AreDecided(string pattern, string inside, string outside)
    {
        CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Bytes).Compile(OutputConstraint.Regex(pattern));

        Assert.All(inside.Split('|'), text => Assert.True(constraint.Matches(Encoding.UTF8.GetBytes(text)), text));
        Assert.All(outside.Split('|'), text => Assert.False(constraint.Matches(Encoding.UTF8.GetBytes(text)), text));
    }

    [Theory]
    [InlineData("a(?=b)", "look-ahead", 3)]
    [InlineData("a(?!b)", "look-ahead", 3)]
    [InlineData("(?<=a)b", "look-behind", 2)]
    [InlineData("(a)\\1", "backreferences", 3)]
    [InlineData("\\bword", "word boundaries", 0)]
    [InlineData("a^b", "anchor", 1)]
    [InlineData("a$b", "anchor", 2)]
    [InlineData("(?i)a", "options", 2)]
    [InlineData("(?>a)", "atomic", 2)]
    [InlineData("a++", "possessive", 2)]
    [InlineData("*a", "repeats nothing", 0)]
    [InlineData("(a", "no ')'", 0)]
    [InlineData("a)", "no '('", 1)]
    [InlineData("[a", "no ']'", 0)]
    [InlineData("[b-a]", "wrong order", 1)]
    [InlineData("[]", "class", 1)]
    [InlineData("[a-[b]]", "subtraction", 3)]
    [InlineData("a{3,2}", "wrong order", 1)]
    [InlineData("a{1,99999999999}", "larger than", 1)]
    [InlineData("a{x}", "quantifier", 1)]
    [InlineData("\\p{Greek}", "category", 0)]
    [InlineData("\\u12", "hexadecimal", 0)]
    [InlineData("\\ud800", "surrogate", 0)]
    [InlineData("\\q", "escape", 0)]
    [InlineData("a\\", "backslash", 1)]
    public void Compile_WhatItCannotRead_IsNamedWithItsPosition(string pattern, string what, int position)
    {
        ConstraintException error = Assert.Throws<ConstraintException>(() => new ConstraintCompiler(ConstrainedText.Bytes).Compile(OutputConstraint.Regex(pattern)));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains($"position {position}:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a{1,1000}){1,1000}")]
    [InlineData("((a{1,100}){1,100}){1,100}")]
    [InlineData("(\\p{L}{1,1000}x){1,1000}")]
    [InlineData("(((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9}")]
    public void Compile_PatternThatExplodes_IsRefusedQuickly(string pattern)
    {
        Stopwatch watch = Stopwatch.StartNew();

        ConstraintException error = Assert.Throws<ConstraintException>(() => new ConstraintCompiler(ConstrainedText.Bytes).Compile(OutputConstraint.Regex(pattern)));

        Assert.Contains("more than", error.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Theory]
    [InlineData("(a*)*(a*)*(a*)*b")]
    [InlineData("(x+x+)+y")]
    [InlineData("(a|a)*(a|aa)+$")]
    [InlineData("(a?){1,400}a{400}")]
    [InlineData("(.*a){10}")]
    [InlineData("(a|b)*a(a|b){14}")]
    public void Write_PatternsThatBacktrackersDieOf_StaysFast(string pattern)
    {
        CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Json).Compile(OutputConstraint.Regex(pattern));
        Stopwatch watch = Stopwatch.StartNew();

        (_, bool complete, _) = ConstrainedText.Write(constraint, ConstrainedText.Json, new SampleStream(1), 900, bias: 0.1);

        Assert.True(complete);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
    }

    [Fact]
    public void Compile_NothingMatches_IsRefused()
    {
        // A vocabulary without the bytes of the text.
        Assert.Throws<ConstraintException>(() => new ConstraintCompiler(ConstrainedText.Bytes, id => id != 'a').Compile(OutputConstraint.Regex("a")));
    }
}
