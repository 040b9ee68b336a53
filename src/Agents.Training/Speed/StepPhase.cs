namespace Agents.Training.Speed;

/// <summary>The parts of a training step.</summary>
public enum StepPhase
{
    /// <summary>Embedding and layers, forward.</summary>
    Forward = 0,

    /// <summary>Last norm, output head and loss, forward and backward.</summary>
    Head = 1,

    /// <summary>Layers computed a second time, because their activations were not kept.</summary>
    Recomputation = 2,

    /// <summary>Layers, backward.</summary>
    Backward = 3,

    /// <summary>Gradient norm and update.</summary>
    Optimizer = 4,
}
