using System.Text;
using System.Text.Json;
using Agents.Fuzzing.Engine;
using Agents.Models.Templates;
using Agents.Models.Templates.Jinja;

namespace Agents.Fuzzing.Targets;

/// <summary>Chat templates of model files: parsing, and rendering a conversation with tools under tight limits.</summary>
public sealed class TemplateTarget : IFuzzTarget
{
    private static readonly JinjaLimits Limits = new() { Steps = 50_000, TextLength = 1 << 16, TotalText = 1 << 19, Elements = 5_000 };

    private static readonly ChatTurn[] Turns = [new("system", "Be <|end|> brief."), new("user", "Hello \"you\"\n"), new("assistant", "Hi."), new("user", "12?")];

    private static readonly TemplateInput Input = new()
    {
        Tools = [JsonSerializer.SerializeToElement(new { type = "function", function = new { name = "add", description = "adds", parameters = new { type = "object" } } })],
    };

    /// <inheritdoc/>
    public string Name => "template";

    /// <inheritdoc/>
    public long AllocationBase => 64L << 20;

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])["{{ ", " }}", "{% ", " %}", "{%- ", " -%}", "{# ", " #}", "for m in messages", "endfor", "if ", "elif ", "else", "endif", "set x = ", "macro f(a, b=1)", "endmacro", "f(f)", "namespace(a=1)",
            "loop.index0", "loop.previtem", "m.role", "m['content']", "messages[1:]", "[::-1]", " | trim", " | tojson", " | join(',')", " | replace('a', 'aa')", " | length", " | map(attribute='role')",
            "selectattr('role', 'equalto', 'user')", " is defined", " is string", " is not none", " in ", " not in ", " ~ ", " * 99999999", " ** 999", "range(99999999)", "raise_exception('x')", "strftime_now('%d')",
            "''.__class__", ".__init__.__globals__", "self", "cycler", "lipsum", "|attr('x')", "'a'.format()", "%s", "break", "continue", "generation", "endgeneration", "tools", "add_generation_prompt", "(((((", "]]]]]"])
            .Select(Encoding.UTF8.GetBytes),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds() =>
    [
        .. ((string[])
        [
            "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] | trim }}{% if not loop.last %}\n{% endif %}{% endfor %}{% if add_generation_prompt %}{{ 'assistant' }}{% endif %}",
            "{%- macro show(t, n=2) -%}{{ t | tojson(indent=n) }}{%- endmacro -%}{%- if tools %}{% for t in tools %}{{ show(t) }}{% endfor %}{% endif -%}{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join(', ') }}",
            "{% set ns = namespace(n=0) %}{% for m in messages[::-1] %}{% set ns.n = ns.n + 1 %}{% if ns.n > 2 %}{% break %}{% endif %}{{ ns.n ~ ': ' ~ m.content.split(' ')[0].upper() }}{% endfor %}{{ range(3) | list | length }}",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    /// <inheritdoc/>
    public void Read(byte[] input) =>
        JinjaChatTemplate.Create("fuzz", Encoding.UTF8.GetString(input), SmallModels.Tokenizer, TimeProvider.System, Limits).Render(Turns, Input);

    /// <inheritdoc/>
    public bool IsNamed(Exception error) => error is ChatTemplateException;
}
