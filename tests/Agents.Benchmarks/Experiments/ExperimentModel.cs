using System.Collections.Immutable;
using Agents.Evaluation.Tasks;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Training.Data;
using Agents.Training.Rollouts;

namespace Agents.Benchmarks.Experiments;

/// <summary>The model that every arm starts from, in single precision, with what turns task items into tokens.</summary>
internal sealed class ExperimentModel : IDisposable
{
    /// <summary>Rows of one forward pass when hundreds of samples run together.</summary>
    private const int ServingRows = 512;

    private readonly DecoderWeights<float> _weights;
    private readonly TokenizerDefinition _definition;
    private readonly ChatTemplate _template;
    private readonly ComputePool _pool;

    private ExperimentModel(DecoderCheckpoint checkpoint)
    {
        _weights = checkpoint.Weights;
        _definition = checkpoint.Tokenizer;
        _template = ChatTemplates.ForModel(checkpoint.Tokenizer);
        Name = checkpoint.Name;
        Tokenizer = Tokenizers.Create(checkpoint.Tokenizer);
        _pool = new ComputePool();
        Kernels = new SimdKernels(_pool);
        Serving = Serve(Copy());
    }

    /// <summary>Gets the model's name.</summary>
    public string Name { get; }

    /// <summary>Gets the tokenizer.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Gets the kernels of training and serving.</summary>
    public SimdKernels Kernels { get; }

    /// <summary>Gets the untrained model, serving.</summary>
    public DecoderModel Serving { get; }

    /// <summary>Loads the embedded model.</summary>
    public static async Task<ExperimentModel> LoadAsync()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "models", "tiny-2.gguf");
        return new ExperimentModel(await DecoderCheckpoint.LoadAsync(path, new CheckpointLoadOptions { Storage = WeightStorage.Single }).ConfigureAwait(false));
    }

    /// <summary>Copies the untrained weights.</summary>
    public DecoderWeights<float> Copy()
    {
        DecoderWeights<float> copy = new(_weights.Shape);
        copy.CopyFrom(_weights);
        return copy;
    }

    /// <summary>Serves weights; the model disposes them.</summary>
    /// <param name="weights">Weights of this shape.</param>
    public DecoderModel Serve(DecoderWeights<float> weights) => new(weights, _definition, new DecoderModelOptions { Name = Name, Kernels = Kernels, MaximumBatchRows = ServingRows });

    /// <summary>Encodes a question as strategies send it, the assistant's turn opened.</summary>
    /// <param name="question">The question.</param>
    public int[] Prompt(string question) => _template.Render([new ChatTurn(TurnRoles.User, question)], addGenerationPrompt: true).Tokenize(Tokenizer);

    /// <summary>Encodes a question with its reference solution; only the solution is learned.</summary>
    /// <param name="item">The item.</param>
    public TrainingExample Solved(TaskItem item)
    {
        TokenizedPrompt tokens = _template
            .Render([new ChatTurn(TurnRoles.User, item.Question), new ChatTurn(TurnRoles.Assistant, item.Solution)], addGenerationPrompt: false)
            .TokenizeWithTargets(Tokenizer);
        return TrainingExample.FromSpans(tokens.Ids, [.. tokens.Targets.Select(target => new TargetSpan(target.Start.Value, target.End.Value - target.Start.Value))]);
    }

    /// <summary>Makes a rollout prompt of an item.</summary>
    /// <param name="item">The item.</param>
    public RolloutPrompt Rollout(TaskItem item) => new(item.Id, [.. Prompt(item.Question)])
    {
        Question = item.Question,
        Reference = item.Answer,
        Members = [.. item.Alternatives.Select(answer => answer.Text)],
        Tests = item.Tests,
        Source = item.Family,
    };

    /// <summary>Returns a limit for completions: the longest reference solution and a few tokens more.</summary>
    /// <param name="items">Items to look at.</param>
    public int CompletionLimit(IEnumerable<TaskItem> items) => items.Max(item => Solved(item).Weights.Count(weight => weight > 0)) + 16;

    /// <inheritdoc/>
    public void Dispose()
    {
        Serving.Dispose();
        _weights.Dispose();
        Kernels.Dispose();
        _pool.Dispose();
    }
}
