using Agents.Models.Adapters;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Checkpoints;
using Agents.Training.Rollouts;

namespace Agents.Runtime.Learning;

/// <summary>An adapter over a frozen base, which stays as it is stored and is only read: by the trainer, by the sampler, and as the reference.</summary>
internal sealed class AdapterTrainee : Trainee
{
    private readonly DecoderWeights<float> _weights;
    private readonly TokenizerDefinition _tokenizer;
    private readonly DecoderModel? _model;
    private readonly AdapterTrainer<float> _trainer;

    /// <summary>Takes the base over.</summary>
    /// <param name="weights">The base in any storage; disposed with the trainee.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="kernels">Kernels of training and serving.</param>
    /// <param name="options">Adapter and trainer settings.</param>
    /// <param name="start">Adapter to train further, a PEFT folder or GGUF file; null for a new one.</param>
    /// <param name="serves">Whether the loop samples or scores, so that the base has to serve.</param>
    public AdapterTrainee(DecoderWeights<float> weights, TokenizerDefinition tokenizer, IKernels<float> kernels, AdapterTrainerOptions options, string? start, bool serves)
    {
        _weights = weights;
        _tokenizer = tokenizer;
        using LoraAdapter? further = start is null ? null : Load(start, weights);
        string generation = WeightHash.Compute(weights);
        Start = further is null ? generation : $"{generation}+{further.Hash}";
        _model = serves ? new DecoderModel(weights, tokenizer, new DecoderModelOptions { Kernels = kernels }) : null;
        _trainer = new AdapterTrainer<float>(weights, kernels, options, further);
    }

    /// <inheritdoc/>
    public override ICheckpointedModel Model => _trainer;

    /// <inheritdoc/>
    public override string Start { get; }

    /// <inheritdoc/>
    public override DecoderModel Frozen => _model ?? throw new InvalidOperationException("This loop was started without a base that serves.");

    /// <inheritdoc/>
    public override IPolicySync Sync => new AdapterPolicy(_trainer, Frozen);

    /// <inheritdoc/>
    public override void ResetOptimizer() => _trainer.Optimizer.Reset();

    /// <inheritdoc/>
    /// <remarks>Every kind is written as a PEFT folder; beside it LoRA as a GGUF adapter, and DoRA, which is no low-rank change, as a merged model.</remarks>
    public override string Save(TrainingRecipe recipe, string folder)
    {
        string path = Path.Combine(folder, recipe.Name + ".gguf");
        using LoraAdapter adapter = _trainer.ToAdapter(recipe.Name);
        PeftAdapter.Save(Path.Combine(folder, recipe.Name + "-peft"), adapter, recipe.StartFrom);
        if (_trainer.Layout.Kind == AdapterKind.Dora)
        {
            using DecoderWeights<float> merged = _weights.ToSingle();
            _trainer.MergeInto(merged);
            GgufCheckpoint.Save(path, merged, _tokenizer, new GgufSaveOptions { Name = recipe.Name, Type = Type(recipe.OutputType) });
            return path;
        }

        GgufAdapter.Save(path, adapter, _trainer.Shape);
        return path;
    }

    private static LoraAdapter Load(string path, DecoderWeights<float> weights)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            weights.Dispose();
            throw new RecipeException($"There is no adapter '{path}'. Correct 'adapter.from' in the recipe: a GGUF file or a PEFT folder.");
        }

        try
        {
            return Directory.Exists(path) ? PeftAdapter.Load(path) : GgufAdapter.Load(path, weights.Shape);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _trainer.Dispose();
        if (_model is null)
        {
            _weights.Dispose();
        }

        _model?.Dispose();
    }
}
