using System.Text;
using Agents.Models.Templates.Jinja;

namespace Agents.Models.Tests.Templates.Jinja;

/// <summary>Hostile templates end in a named error, whatever they try.</summary>
public sealed class JinjaLimitTests
{
    private static readonly Dictionary<string, object?> _none = [];

    // A tenth of the defaults, so that the tests are quick.
    private static readonly JinjaLimits _limits = new() { Steps = 500_000, TextLength = 800_000, TotalText = 6_400_000 };

    public static TheoryData<string> Hostile => new()
    {
        "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{{ a }}{% endfor %}{% endfor %}{% endfor %}",
        "{{ range(1000000000) | list }}",
        "{{ range(-9223372036854775807, 9223372036854775807) | length }}",
        "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson }}",
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{{ f(n + 1) ~ f(n + 1) }}{% endmacro %}{{ f(0) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ 'a' * 100000 | int }}{% set s = 'a' * 800000 %}{{ s | replace('a', 'bbbbbbbbbbbbbbbb') }}",
        "{{ 'x' | center(2000000000) }}",
        "{{ 'x'.ljust(2000000000) }}",
        "{{ '%2000000000d' % 1 }}",
        "{{ 'a\nb' | indent(2000000000) }}",
        "{{ ('a' * 400000) | replace('', 'bbbb') }}",
        "{{ ('ab' * 400000) | list }}",
        "{{ ('a,' * 200000).split(',') }}",
        "{{ ('a ' * 200000).split() }}",
        "{% set s = 'a' * 800000 %}{% for i in range(100000) %}{{ s.upper() | length }}{% endfor %}",
        "{% set s = 'a' * 800000 %}{% for i in range(100000) %}{{ 'b' in s }}{% endfor %}",
        "{% set s = 'a' * 800000 %}{% for i in range(100000) %}{{ s.find('b') }}{% endfor %}",
        "{% set s = 'a' * 400000 %}{% set t = 'a' * 400000 %}{% for i in range(100000) %}{{ s == t }}{% endfor %}",
        "{% set s = 'a' * 400000 %}{% for i in range(100000) %}{{ s.count('b') }}{{ s.isalpha() }}{% endfor %}",
        "{{ range(90000) | map('string') | unique | list | length }}",
        "{% set l = range(90000) | list %}{% for i in l %}{{ l | sort | length }}{% endfor %}",
        "{% set l = range(90000) | list %}{% for i in l %}{{ -1 in l }}{% endfor %}",
        "{% set l = range(90000) | list %}{% for i in l %}{{ l[::-1] | length }}{% endfor %}",
        "{{ range(90000) | batch(1) | map('batch', 90000, 0) | list }}",
        "{{ range(100) | batch(1, 2) | join }}{{ range(90000) | groupby('x') }}{{ range(90000) | map('batch', 90000, 0) | list }}",
        "{% filter upper %}{% for i in range(100000) %}{{ 'a' * 1000 }}{% endfor %}{% endfilter %}",
        "{% set x %}{% for i in range(100000) %}{{ 'a' * 1000 }}{% endfor %}{% endset %}",
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Render_HostileTemplate_EndsInANamedError(string template)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.ThrowsAny<JinjaException>(() => JinjaTemplate.Parse(template, _limits).Render(_none));

        // Allocated in all, most of it garbage at once; what lives at one time is far less.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400L << 20);
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "", "]")]
    [InlineData("-", "1", "")]
    [InlineData("not ", "1", "")]
    [InlineData("", "1", "+1")]
    [InlineData("", "1", "~1")]
    [InlineData("", "x", ".x")]
    [InlineData("", "x", "[0]")]
    [InlineData("", "x", "|list")]
    [InlineData("", "x", "()")]
    [InlineData("", "1", " and 1")]
    [InlineData("1 if ", "1", " else 1")]
    [InlineData("", "1", " if 1 else 1")]
    [InlineData("{1:", "1", "}")]
    [InlineData("f(", "1", ")")]
    public void Parse_DeepExpression_IsALimitError(string before, string middle, string after)
    {
        string template = "{{ " + Repeat(before, 50_000) + middle + Repeat(after, 50_000) + " }}";

        Assert.Throws<JinjaLimitException>(() => JinjaTemplate.Parse(template));
    }

    [Theory]
    [InlineData("{% if x %}", "{% endif %}")]
    [InlineData("{% for x in y %}", "{% endfor %}")]
    [InlineData("{% set x %}", "{% endset %}")]
    [InlineData("{% macro x() %}", "{% endmacro %}")]
    [InlineData("{% filter upper %}", "{% endfilter %}")]
    [InlineData("{% with %}", "{% endwith %}")]
    [InlineData("{% generation %}", "{% endgeneration %}")]
    public void Parse_DeepBlocks_IsALimitError(string open, string close)
    {
        Assert.Throws<JinjaLimitException>(() => JinjaTemplate.Parse(Repeat(open, 20_000) + Repeat(close, 20_000)));
        Assert.Throws<JinjaLimitException>(() => JinjaTemplate.Parse(Repeat(open, 20_000)));
    }

    [Fact]
    public void Parse_DeepTargets_IsALimitError() =>
        Assert.Throws<JinjaLimitException>(() => JinjaTemplate.Parse("{% set " + Repeat("(", 50_000) + "x" + Repeat(")", 50_000) + " = 1 %}"));

    [Fact]
    public void Parse_LongText_IsALimitError() =>
        Assert.Throws<JinjaLimitException>(() => JinjaTemplate.Parse(new string('x', 2_000_000)));

    [Fact]
    public void Parse_ManyElifs_NeedNoDepth()
    {
        string template = "{% if x == 0 %}0" + string.Concat(Enumerable.Range(1, 5000).Select(i => $"{{% elif x == {i} %}}{i}")) + "{% endif %}";

        Assert.Equal("4999", JinjaTemplate.Parse(template).Render(new Dictionary<string, object?> { ["x"] = 4999 }));
    }

    [Fact]
    public void Render_OnASmallStack_EndsInANamedError()
    {
        Exception? seen = null;
        Thread thread = new(() => seen = Record.Exception(
            () => JinjaTemplate.Parse("{% macro f(n) %}{{ [[[[[[f(n + 1)]]]]]] }}{% endmacro %}{{ f(0) }}", new JinjaLimits { Depth = 1_000_000 }).Render(_none)), 256 << 10);
        thread.Start();
        thread.Join();

        Assert.IsType<JinjaLimitException>(seen);
    }

    [Fact]
    public void Render_RandomCuts_NeverFailOtherwise()
    {
        string[] templates = [.. JinjaCases.Rendered.Select(row => row.Data.Item1)];
        SampleStream stream = new(7);
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            StringBuilder text = new();
            for (int part = 0; part < 3; part++)
            {
                string source = templates[stream.NextInt(templates.Length)];
                int start = stream.NextInt(source.Length);
                text.Append(source, start, stream.NextInt(source.Length - start) + 1);
            }

            Exception? error = Record.Exception(() => JinjaTemplate.Parse(text.ToString(), new JinjaLimits { Steps = 100_000 }).Render(_none));
            refused += error is null ? 0 : 1;
            Assert.True(error is null or JinjaException, $"{text}: {error}");
        }

        Assert.InRange(refused, 1, 2999);
    }

    [Fact]
    public void Validate_AllFailures_AreNamedAtOnce()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => JinjaTemplate.Parse("x", new JinjaLimits { Steps = 0, Depth = -1 }));

        Assert.Contains("Steps is 0; Depth is -1", error.Message, StringComparison.Ordinal);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
