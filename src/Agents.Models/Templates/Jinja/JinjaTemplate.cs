namespace Agents.Models.Templates.Jinja;

/// <summary>
/// A parsed Jinja template of the subset that chat templates use. The tree is immutable and safe to share between threads. Rendering is a closed
/// interpretation: a template sees plain data and the functions of this namespace, and nothing else of the program.
/// </summary>
/// <remarks>
/// Not supported, and refused by name when parsing: include, import, extends and blocks, recursive loops, argument unpacking, unknown filters and tests.
/// Integers have 64 bits. Letters change case one code unit to one, so that "ß" stays as it is.
/// </remarks>
public sealed class JinjaTemplate
{
    private readonly IReadOnlyList<JinjaStatement> _body;
    private readonly JinjaLimits _limits;

    private JinjaTemplate(string source, JinjaLimits limits)
    {
        Source = source;
        _limits = limits;
        _body = JinjaParser.Parse(source, limits, out bool hasGeneration);
        HasGenerationTags = hasGeneration;
    }

    /// <summary>The text that was parsed.</summary>
    public string Source { get; }

    /// <summary>Whether the template marks what the assistant writes with <c>{% generation %}</c>.</summary>
    public bool HasGenerationTags { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">Jinja text.</param>
    /// <param name="limits">What parsing and rendering may use; null for the defaults.</param>
    /// <exception cref="JinjaSyntaxException">The text is no template of the supported subset.</exception>
    /// <exception cref="JinjaLimitException">The text is too long or nested too deep.</exception>
    public static JinjaTemplate Parse(string source, JinjaLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        limits ??= new JinjaLimits();
        limits.Validate();
        return source.Length <= limits.SourceLength
            ? new JinjaTemplate(source, limits)
            : throw new JinjaLimitException($"The chat template has {source.Length} characters; more than {limits.SourceLength} are refused.");
    }

    /// <summary>Renders to plain text, without telling template and content apart.</summary>
    /// <param name="variables">
    /// Null, strings, booleans, numbers, JSON elements, dictionaries with string keys, and sequences of such values.
    /// </param>
    /// <param name="time">Clock of <c>strftime_now</c>; null for the system's.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentException">A variable is not plain data.</exception>
    /// <exception cref="JinjaException">The template cannot be evaluated, refuses its input, or exceeds a limit.</exception>
    public string Render(IReadOnlyDictionary<string, object?> variables, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        JinjaScope scope = new(null);
        foreach ((string name, object? value) in variables)
        {
            scope.Set(name, JinjaVariables.From(name, value));
        }

        return Render(scope, time ?? TimeProvider.System).Text;
    }

    internal JinjaText Render(JinjaScope variables, TimeProvider time) =>
        new JinjaEvaluator(new JinjaContext(_limits, time)).Run(_body, new JinjaScope(variables));
}
