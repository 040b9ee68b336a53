using Microsoft.Extensions.AI;

namespace Agents.Reasoning;

/// <summary>Reads what our clients attach to chat responses.</summary>
public static class ChatResponseTrace
{
    /// <summary>Key of the trace node id (an <see cref="int"/>) that a role-bound client puts on each response.</summary>
    public const string NodePropertyName = "agents.node";

    /// <summary>Returns the trace node of a response; null when it did not come from a role-bound client.</summary>
    /// <param name="response">A response.</param>
    public static int? TraceNodeId(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties?.TryGetValue(NodePropertyName, out object? value) == true ? value as int? : null;
    }

    /// <summary>Returns the exact tokens of a response; null where the backend cannot give them.</summary>
    /// <param name="response">A response.</param>
    public static GenerationRecord? Generation(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties?.TryGetValue(GenerationRecord.PropertyName, out object? value) == true ? value as GenerationRecord : null;
    }
}
