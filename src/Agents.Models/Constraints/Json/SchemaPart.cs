using System.Text.Json;

namespace Agents.Models.Constraints.Json;

/// <summary>A schema that a value must satisfy, perhaps besides others.</summary>
/// <param name="Schema">The schema: an object or a boolean.</param>
/// <param name="Path">Where it stands, for messages.</param>
/// <param name="Chain">References that led here without any text in between.</param>
/// <param name="Resolved">Which of its references to other schemas are parts of their own already.</param>
internal readonly record struct SchemaPart(JsonElement Schema, string Path, ReferenceChain? Chain = null, SchemaReferences Resolved = SchemaReferences.None)
{
    /// <summary>Gets what decides the meaning: references are absolute, so equal texts mean the same anywhere in a document.</summary>
    public string Key => $"{(int)Resolved}{Schema.GetRawText()}";
}
