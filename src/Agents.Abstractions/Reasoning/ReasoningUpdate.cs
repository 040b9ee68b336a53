namespace Agents.Reasoning;

/// <summary>One event of a running strategy: see the derived records. Unknown kinds are to be ignored by readers.</summary>
public abstract record ReasoningUpdate;
