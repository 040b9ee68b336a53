namespace Agents.Plugins.Malt.Pipeline;

/// <summary>Which roles a pass runs through (papers/33 §2.7).</summary>
public enum MaltPipeline
{
    /// <summary>Generator, verifier, refiner: the method.</summary>
    Gvr = 0,

    /// <summary>Generator and verifier; the verifier's text is the answer.</summary>
    Gv = 1,

    /// <summary>Generator and refiner, which gets an empty critique: the ablation without a verifier.</summary>
    Gr = 2,

    /// <summary>The generator alone.</summary>
    G = 3,
}
