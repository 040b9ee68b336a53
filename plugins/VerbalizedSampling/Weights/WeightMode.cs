namespace Agents.Plugins.VerbalizedSampling.Weights;

/// <summary>How repaired weights become a distribution (papers/51 §2.5).</summary>
public enum WeightMode
{
    /// <summary>Each weight divided by the sum; uniform when all are 0.</summary>
    Elicited = 0,

    /// <summary>Softmax of the weights.</summary>
    Softmax = 1,

    /// <summary>All alike, whatever the model wrote.</summary>
    Uniform = 2,
}
