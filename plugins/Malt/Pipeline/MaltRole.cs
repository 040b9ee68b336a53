namespace Agents.Plugins.Malt.Pipeline;

/// <summary>A role of the pipeline, in order.</summary>
public enum MaltRole
{
    /// <summary>Answers; plays the model role <c>default</c>.</summary>
    Generator = 0,

    /// <summary>Criticizes; plays the model role <c>verifier</c>.</summary>
    Verifier = 1,

    /// <summary>Improves; plays the model role <c>refiner</c>.</summary>
    Refiner = 2,
}
