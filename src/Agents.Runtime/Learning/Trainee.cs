using Agents.Models.Decoder;
using Agents.Numerics.Formats;
using Agents.Training.Checkpoints;
using Agents.Training.Rollouts;

namespace Agents.Runtime.Learning;

/// <summary>What a recipe trains: all weights, or an adapter over frozen ones. Loops see no difference.</summary>
internal abstract class Trainee : IDisposable
{
    /// <summary>Gets the trainer.</summary>
    public abstract ICheckpointedModel Model { get; }

    /// <summary>Gets the generation that the run starts from.</summary>
    public abstract string Start { get; }

    /// <summary>Gets the start model as it serves and scores: reference and first sampler. Asked for before anything is trained.</summary>
    public abstract DecoderModel Frozen { get; }

    /// <summary>Gets what makes the present weights serve.</summary>
    public abstract IPolicySync Sync { get; }

    /// <summary>Forgets the optimizer's moments; a new stage begins.</summary>
    public abstract void ResetOptimizer();

    /// <summary>Writes what was trained.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">Folder of the run.</param>
    /// <returns>The model or adapter file.</returns>
    public abstract string Save(TrainingRecipe recipe, string folder);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Returns the element type of a recipe's output.</summary>
    /// <param name="name">Its name.</param>
    protected static ElementType Type(string name) => name switch
    {
        "f32" => ElementType.F32,
        "f16" => ElementType.F16,
        "bf16" => ElementType.BF16,
        _ => ElementType.Q8_0,
    };
}
