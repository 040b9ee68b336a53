namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>What is done with the synthetic pairs (papers/61 §2.2).</summary>
public enum AdaptationUpdate
{
    /// <summary>A temporary adapter is trained on them.</summary>
    Lora = 0,

    /// <summary>They are shown as demonstrations, without training (TT-ICL).</summary>
    Icl = 1,

    /// <summary>Nothing: the plain answer, with its margin.</summary>
    None = 2,
}
