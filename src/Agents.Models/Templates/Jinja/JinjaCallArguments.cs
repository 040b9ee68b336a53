namespace Agents.Models.Templates.Jinja;

/// <summary>Arguments as they stand in a template.</summary>
/// <param name="Positional">Expressions in order.</param>
/// <param name="Named">Expressions by name.</param>
internal sealed record JinjaCallArguments(IReadOnlyList<JinjaExpression> Positional, IReadOnlyList<(string Name, JinjaExpression Value)> Named)
{
    public static JinjaCallArguments None { get; } = new([], []);
}
