using Agents.Reasoning;

namespace Agents.Runtime.Reasoning;

/// <summary>The engine's last update: the whole result.</summary>
/// <param name="Result">The result.</param>
public sealed record ReasoningFinishedUpdate(ReasoningResult Result) : ReasoningUpdate;
