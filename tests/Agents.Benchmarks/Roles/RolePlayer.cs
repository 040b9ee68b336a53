using System.Runtime.InteropServices;
using Agents.Evaluation.Roles;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Runtime.Learning;
using Agents.Runtime.Prompts;

namespace Agents.Benchmarks.Roles;

/// <summary>A model file as it is served, which plays roles greedily: prompts are rendered as strategies render them.</summary>
internal sealed class RolePlayer : IDisposable
{
    private const int ServingRows = 512;
    private const int Limit = 400;
    private readonly ComputePool _pool;
    private readonly SimdKernels _kernels;
    private readonly DecoderModel _model;
    private readonly VocabularyTokenizer _tokenizer;
    private readonly TrainingText _text;

    private RolePlayer(ComputePool pool, SimdKernels kernels, DecoderCheckpoint checkpoint, PromptLibrary prompts)
    {
        _pool = pool;
        _kernels = kernels;
        _tokenizer = Tokenizers.Create(checkpoint.Tokenizer);
        _text = new TrainingText(prompts, checkpoint.Name, ChatTemplates.ForModel(checkpoint.Tokenizer));
        _model = new DecoderModel(checkpoint.Weights, checkpoint.Tokenizer, new DecoderModelOptions { Name = checkpoint.Name, Kernels = kernels, MaximumBatchRows = ServingRows });
        Name = checkpoint.Name;
    }

    /// <summary>Gets the model's name.</summary>
    public string Name { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="path">GGUF file.</param>
    /// <param name="promptFolder">Folder of the prompts.</param>
    public static async Task<RolePlayer> LoadAsync(string path, string promptFolder)
    {
        ComputePool pool = new();
        SimdKernels kernels = new(pool);
        DecoderCheckpoint checkpoint = await DecoderCheckpoint.LoadAsync(path, new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = kernels }).ConfigureAwait(false);
        return new RolePlayer(pool, kernels, checkpoint, PromptLibrary.FromFolders([promptFolder]));
    }

    /// <summary>Answers the prompts of role examples.</summary>
    /// <param name="examples">The examples; their targets are not shown.</param>
    /// <returns>One text per example.</returns>
    public async Task<IReadOnlyList<string>> PlayAsync(IReadOnlyList<RoleExample> examples)
    {
        GenerationRequest request = new()
        {
            Prompts = [.. examples.Select((example, i) => PromptSamples.Create(_text.Opened([.. _text.Conversation(example).SkipLast(1)], _tokenizer), 0, (ulong)i, 1))],
            Sampling = new SamplingOptions { Temperature = 0 },
            MaxTokens = Limit,
        };
        List<int>[] ids = [.. examples.Select(_ => new List<int>())];
        await foreach (GeneratedToken token in _model.GenerateAsync(request).ConfigureAwait(false))
        {
            ids[token.Sample].Add(token.Id);
        }

        return [.. ids.Select(tokens => _tokenizer.Decode(CollectionsMarshal.AsSpan(tokens), skipSpecial: true).Trim())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model.Dispose();
        _kernels.Dispose();
        _pool.Dispose();
    }
}
