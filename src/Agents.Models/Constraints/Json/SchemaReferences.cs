namespace Agents.Models.Constraints.Json;

/// <summary>Keywords of a schema that stand for other schemas about the same value.</summary>
[Flags]
internal enum SchemaReferences
{
    None = 0,

    /// <summary>$ref and allOf.</summary>
    All = 1,

    /// <summary>anyOf.</summary>
    Any = 2,

    /// <summary>oneOf.</summary>
    One = 4,
}
