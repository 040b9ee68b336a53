using System.Text.Json;
using Agents.Models.Templates;
using Agents.Models.Templates.Jinja;

namespace Agents.Models.Tests.Templates.Jinja;

public sealed class JinjaTemplateTests
{
    private static readonly FixedTime _time = new();

    [Theory]
    [MemberData(nameof(JinjaCases.Rendered), MemberType = typeof(JinjaCases))]
    public void Render_EveryConstruct_GivesWhatJinjaGives(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [MemberData(nameof(JinjaCases.Refused), MemberType = typeof(JinjaCases))]
    public void Render_DamagedTemplate_NamesThePlace(string template)
    {
        JinjaException error = Assert.ThrowsAny<JinjaException>(() => Render(template));

        Assert.True(error.Line >= 1 && error.Column >= 1, error.Message);
        Assert.Contains($"{error.Line}:{error.Column}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n  {{ 1 +\n 'x' }}", 2, 8)]
    [InlineData("\n\n{% if x %}", 3, 11)]
    [InlineData("{{ 'a' | nofilter }}", 1, 10)]
    [InlineData("a {% for x in y %}{{ x }}", 1, 19)]
    [InlineData("\r\n{{ missing.x }}", 2, 11)]
    public void Error_Position_IsThatOfTheConstruct(string template, int line, int column)
    {
        JinjaException error = Assert.ThrowsAny<JinjaException>(() => Render(template));

        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void Render_ConversionsWithoutArguments_GiveWhatPythonGives() =>
        Assert.Equal("0 0.0 False  []", Render("{{ int() }} {{ float() }} {{ bool() }} {{ str() }} {{ list() }}"));

    [Fact]
    public void RaiseException_Message_IsTheAuthors()
    {
        JinjaRaisedException error = Assert.Throws<JinjaRaisedException>(() => Render("{{ raise_exception('roles must alternate') }}"));

        Assert.Contains("roles must alternate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% import 'a' as b %}")]
    [InlineData("{% extends 'a' %}")]
    [InlineData("{% block a %}{% endblock %}")]
    [InlineData("{% for x in y recursive %}{% endfor %}")]
    [InlineData("{{ f(*args) }}")]
    [InlineData("{% set true = 1 %}")]
    public void Parse_OutsideTheSubset_IsASyntaxError(string template) => Assert.Throws<JinjaSyntaxException>(() => JinjaTemplate.Parse(template));

    [Fact]
    public void Render_HostObject_IsRefused()
    {
        JinjaTemplate sut = JinjaTemplate.Parse("{{ x }}");

        Assert.Throws<ArgumentException>(() => sut.Render(new Dictionary<string, object?> { ["x"] = new Version(1, 2) }));
    }

    [Fact]
    public void Render_PlainData_OfEveryKind()
    {
        JinjaTemplate sut = JinjaTemplate.Parse("{{ a }} {{ b }} {{ c }} {{ d }} {{ e.k[1] }} {{ f }}");

        string text = sut.Render(new Dictionary<string, object?>
        {
            ["a"] = 1,
            ["b"] = 2.5f,
            ["c"] = true,
            ["d"] = null,
            ["e"] = new Dictionary<string, object?> { ["k"] = new object?[] { "x", "y" } },
            ["f"] = JsonDocument.Parse("[1, 1.0, \"s\"]").RootElement,
        });

        Assert.Equal("1 2.5 True None y [1, 1.0, 's']", text);
    }

    [Fact]
    public void Render_SharedTemplate_OnManyThreadsAtOnce()
    {
        JinjaTemplate sut = JinjaTemplate.Parse("{% set ns = namespace(t='') %}{% for i in range(n) %}{% set ns.t = ns.t ~ i %}{% endfor %}{{ ns.t }}");

        string[] texts = [.. Enumerable.Range(0, 64).AsParallel().Select(n => sut.Render(new Dictionary<string, object?> { ["n"] = n % 8 }))];

        Assert.Equal(8, texts.Distinct().Count());
    }

    [Fact]
    public void StrftimeNow_UnknownField_IsRefused() => Assert.Throws<JinjaException>(() => Render("{{ strftime_now('%Q') }}"));

    [Theory]
    [InlineData("%-d/%-m", "26/7")]
    [InlineData("%e|%F|%T|%D|%h", "26|2026-07-26|09:05:03|07/26/26|Jul")]
    public void StrftimeNow_FurtherFields_AreThoseOfTheCLibrary(string format, string expected) =>
        Assert.Equal(expected, Render($"{{{{ strftime_now('{format}') }}}}"));

    private static string Render(string template)
    {
        using JsonDocument variables = JsonDocument.Parse(JinjaCases.Variables);
        return JinjaTemplate.Parse(template).Render(variables.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, object? (entry) => entry.Value), _time);
    }
}
