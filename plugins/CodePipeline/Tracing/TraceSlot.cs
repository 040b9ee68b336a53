using System.Text.Json.Serialization;

namespace Agents.Plugins.CodePipeline.Tracing;

/// <summary>What stands in the prompt where the execution trace belongs: the arms of the replication (papers/62 §5 and §6).</summary>
public enum TraceSlot
{
    /// <summary>The recorded trace: the method.</summary>
    [JsonStringEnumMemberName("real")]
    Real = 0,

    /// <summary>The source once more: what the paper's released code does. Nothing is traced.</summary>
    [JsonStringEnumMemberName("source")]
    Source = 1,

    /// <summary>Nothing: only the failing test is shown. Nothing is traced.</summary>
    [JsonStringEnumMemberName("none")]
    None = 2,
}
