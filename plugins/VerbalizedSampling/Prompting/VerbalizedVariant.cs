namespace Agents.Plugins.VerbalizedSampling.Prompting;

/// <summary>How the answers are asked for (papers/51 §2.3).</summary>
public enum VerbalizedVariant
{
    /// <summary>Several answers with weights in one call; several calls are independent.</summary>
    Standard = 0,

    /// <summary>The same after a field of reasoning.</summary>
    Cot = 1,

    /// <summary>Later calls continue the conversation and ask for further answers.</summary>
    Multi = 2,

    /// <summary>The baseline: several answers without weights. Not verbalized sampling.</summary>
    Sequence = 3,
}
