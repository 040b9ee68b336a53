using System.Text.Json;

namespace Agents.Models;

/// <summary>What a completion must look like. Every token that could not lead to such a text is ruled out while decoding, so the result is valid unless it is cut off.</summary>
/// <param name="Kind">Language of the constraint.</param>
/// <param name="Text">Schema or pattern.</param>
public sealed record OutputConstraint(OutputConstraintKind Kind, string Text)
{
    /// <summary>Gets the constraint to any JSON value.</summary>
    public static OutputConstraint Json { get; } = new(OutputConstraintKind.Json, "");

    /// <summary>
    /// Gets whether the completion is led to its end when the token limit comes near: tokens are ruled out behind which the shortest completion, of one token per
    /// byte, would not fit any more. Default true, so that completions are valid at the limit, too, wherever the limit has room for one at all.
    /// </summary>
    public bool FinishesInTime { get; init; } = true;

    /// <summary>Creates a constraint to JSON that a schema accepts.</summary>
    /// <param name="schema">The schema, itself JSON.</param>
    public static OutputConstraint JsonSchema(string schema) => new(OutputConstraintKind.JsonSchema, schema);

    /// <summary>Creates a constraint to texts that a regular expression matches as a whole.</summary>
    /// <param name="pattern">The pattern.</param>
    public static OutputConstraint Regex(string pattern) => new(OutputConstraintKind.Regex, pattern);

    /// <summary>Creates a constraint to one of several sequences, for example one call of one of several tools.</summary>
    /// <param name="alternatives">The sequences, at least one, each of at least one part.</param>
    public static OutputConstraint Alternatives(IReadOnlyList<IReadOnlyList<OutputPart>> alternatives) =>
        new(OutputConstraintKind.Alternatives, JsonSerializer.Serialize(alternatives));
}
