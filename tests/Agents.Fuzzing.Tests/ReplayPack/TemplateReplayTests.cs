using Agents.Fuzzing.Targets;
using Agents.Models.Templates;
using Agents.Models.Templates.Jinja;

namespace Agents.Fuzzing.Tests.ReplayPack;

/// <summary>Chat templates that broke out elsewhere (CVE-2024-34359, CVE-2026-5760 and the vLLM case of 2025) and templates that never end: a named error or harmless text.</summary>
public sealed class TemplateReplayTests
{
    private static readonly ChatTurn[] Turns = [new("user", "hello")];

    [Theory]
    [InlineData("{{ ''.__class__ }}")]
    [InlineData("{{ ''.__class__.__mro__[1].__subclasses__() }}")]
    [InlineData("{{ messages.__class__.__base__ }}")]
    [InlineData("{{ ''['__class__'] }}")]
    [InlineData("{{ cycler.__init__.__globals__.os.popen('id').read() }}")]
    [InlineData("{{ lipsum.__globals__['os'].popen('id').read() }}")]
    [InlineData("{{ joiner.__init__.__globals__ }}")]
    [InlineData("{{ namespace.__init__.__globals__ }}")]
    [InlineData("{{ self._TemplateReference__context }}")]
    [InlineData("{{ self.__init__.__globals__.__builtins__ }}")]
    [InlineData("{{ request.application.__globals__ }}")]
    [InlineData("{{ config.items() }}")]
    [InlineData("{{ ''|attr('__class__') }}")]
    [InlineData("{{ (''|attr('\\x5f\\x5fclass\\x5f\\x5f')) }}")]
    [InlineData("{{ messages|map(attribute='__class__')|list }}")]
    [InlineData("{{ messages|map('attr', '__class__')|list }}")]
    [InlineData("{{ [''.__class__]|map(attribute='__mro__')|list }}")]
    [InlineData("{{ raise_exception.__globals__ }}")]
    [InlineData("{{ range.__self__ }}")]
    [InlineData("{{ dict.__base__ }}")]
    [InlineData("{{ ''.format.__globals__ }}")]
    [InlineData("{{ '{0.__class__}'.format(messages) }}")]
    [InlineData("{% import 'os' as os %}{{ os }}")]
    [InlineData("{% from 'os' import popen %}{{ popen('id') }}")]
    [InlineData("{% include '/etc/passwd' %}")]
    [InlineData("{% extends '/etc/passwd' %}")]
    [InlineData("{% set x = messages.GetType() %}{{ x.Assembly }}")]
    [InlineData("{{ messages.GetType().Assembly.GetTypes() }}")]
    public void Template_EscapePayload_ReachesNothing(string jinja)
    {
        string text;
        try
        {
            text = JinjaChatTemplate.Create("payload", jinja, SmallModels.Tokenizer).Render(Turns, new TemplateInput()).Text;
        }
        catch (ChatTemplateException)
        {
            return;
        }

        foreach (string trace in (string[])["class", "object", "built-in", "System.", "Agents.", "root:", "uid=", "Assembly", "<function"])
        {
            Assert.DoesNotContain(trace, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("{% for i in range(999999999) %}x{% endfor %}")]
    [InlineData("{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='xx') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}")]
    [InlineData("{{ 'x' * 999999999 }}")]
    [InlineData("{{ ('x' * 9999) | replace('x', 'y' * 9999) | replace('y', 'z' * 9999) }}")]
    [InlineData("{{ ['x'] * 999999999 }}")]
    [InlineData("{{ 10 ** 999999 }}")]
    [InlineData("{{ '%999999999d' % 1 }}")]
    [InlineData("{{ 'x' | indent(999999999) }}")]
    [InlineData("{{ 'x' | center(999999999) }}")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f(x) %}{{ f(x ~ x) }}{{ f(x ~ x) }}{% endmacro %}{{ f('x') }}")]
    [InlineData("{{ messages | map('tojson') | map('tojson') | map('tojson') | list * 99999999 }}")]
    [InlineData("{% for m in messages")]
    [InlineData("{{ 'unterminated")]
    public void Template_ThatNeverEndsOrGrows_IsStoppedByName(string jinja)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<ChatTemplateException>(() => JinjaChatTemplate.Create("bomb", jinja, SmallModels.Tokenizer).Render(Turns, new TemplateInput()));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1L << 30);
    }

    [Fact]
    public void Template_NestedBeyondReason_IsStoppedByName()
    {
        foreach (string part in (string[])["(", "[", "{{ not ", "{% if 1 %}", "-", "{'a':"])
        {
            string jinja = "{{ " + string.Concat(Enumerable.Repeat(part, 100_000));
            Assert.ThrowsAny<ChatTemplateException>(() => JinjaChatTemplate.Create("deep", jinja, SmallModels.Tokenizer));
        }
    }
}
