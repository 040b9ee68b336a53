using Agents.Models;

namespace Agents.Training.Checkpoints;

/// <summary>A trainable model whose whole state can be stored between two updates and restored bit for bit.</summary>
public interface ICheckpointedModel : ITrainableModel
{
    /// <summary>Gets one line per property that must agree before a state may be restored (architecture, sizes, element type, optimizer), as <c>name = value</c>.</summary>
    IReadOnlyList<string> Identity { get; }

    /// <summary>Forgets gradients that were accumulated since the last update (an abandoned step).</summary>
    void DiscardGradients();

    /// <summary>Hands all sections of the state to a writer. Memory must not change until the checkpoint is written.</summary>
    /// <param name="writer">Receives the sections.</param>
    void SaveTo(CheckpointWriter writer);

    /// <summary>Restores the state.</summary>
    /// <param name="reader">A checkpoint whose identity agrees and whose checksums were verified.</param>
    void LoadFrom(CheckpointReader reader);
}
