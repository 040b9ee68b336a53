using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Rollouts;

namespace Agents.Runtime.Learning;

/// <summary>A model all of whose weights are trained.</summary>
internal sealed class WholeTrainee : Trainee
{
    private readonly DecoderTrainer<float> _trainer;
    private readonly TokenizerDefinition _tokenizer;
    private readonly DecoderModelOptions _serving;
    private DecoderModel? _frozen;

    /// <summary>Takes the weights over.</summary>
    /// <param name="weights">Weights in single precision; disposed with the trainee.</param>
    /// <param name="tokenizer">Their tokenizer.</param>
    /// <param name="kernels">Kernels of training and serving.</param>
    /// <param name="options">Trainer settings.</param>
    public WholeTrainee(DecoderWeights<float> weights, TokenizerDefinition tokenizer, IKernels<float> kernels, DecoderTrainerOptions options)
    {
        Start = WeightHash.Compute(weights);
        _trainer = new DecoderTrainer<float>(weights, kernels, options);
        _tokenizer = tokenizer;
        _serving = new DecoderModelOptions { Kernels = kernels };
        Sync = new CopiedPolicy(_trainer.Weights, tokenizer, _serving);
    }

    /// <inheritdoc/>
    public override ICheckpointedModel Model => _trainer;

    /// <inheritdoc/>
    public override string Start { get; }

    /// <inheritdoc/>
    public override IPolicySync Sync { get; }

    /// <inheritdoc/>
    public override DecoderModel Frozen
    {
        get
        {
            if (_frozen is null)
            {
                DecoderWeights<float> copy = new(_trainer.Weights.Shape);
                copy.CopyFrom(_trainer.Weights);
                _frozen = new DecoderModel(copy, _tokenizer, _serving);
            }

            return _frozen;
        }
    }

    /// <inheritdoc/>
    public override void ResetOptimizer() => _trainer.Optimizer.Reset();

    /// <inheritdoc/>
    public override string Save(TrainingRecipe recipe, string folder)
    {
        string path = Path.Combine(folder, recipe.Name + ".gguf");
        GgufCheckpoint.Save(path, _trainer.Weights, _tokenizer, new GgufSaveOptions { Name = recipe.Name, Type = Type(recipe.OutputType) });
        return path;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _frozen?.Dispose();
        _trainer.Dispose();
    }
}
