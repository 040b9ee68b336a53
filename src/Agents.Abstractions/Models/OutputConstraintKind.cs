namespace Agents.Models;

/// <summary>Language in which an <see cref="OutputConstraint"/> is written.</summary>
public enum OutputConstraintKind
{
    /// <summary>Any JSON value; the text is empty.</summary>
    Json = 0,

    /// <summary>JSON that a schema accepts; the text is the schema.</summary>
    JsonSchema = 1,

    /// <summary>Text that a regular expression matches from start to end; the text is the pattern.</summary>
    Regex = 2,

    /// <summary>One of several sequences of fixed texts and JSON values; the text is made by <see cref="OutputConstraint.Alternatives"/>.</summary>
    Alternatives = 3,
}
