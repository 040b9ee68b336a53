using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Training.Adapters;
using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Loss;

namespace Agents.Runtime.Adaptation;

/// <summary>
/// Temporary adapters over the weights that a model serves with, quantized or not, and over adapters that a request runs with: both are read by the trainer and never merged with anything. Trained values are copied into
/// an adapter of the model's registry, under an id of its own, and the trainer forgets them before it is used again.
/// </summary>
public sealed class DecoderAdaptationSource : IAdaptationSource, IDisposable
{
    /// <summary>Models below this size learn with larger steps and train several adapters at once.</summary>
    public const long SmallModelParameters = 20_000_000;

    private const double SmallModelRate = 1e-3;
    private const double LargeModelRate = 1e-4;
    private const int SmallModelTrainers = 4;
    private const int FewestRows = 128;
    private static readonly CrossEntropyLoss Loss = new();
    private readonly DecoderModel _model;
    private readonly IConversationEncoder _encoder;
    private readonly TimeProvider _time;
    private readonly TrainerPool _trainers;
    private readonly int _longest;
    private readonly bool _small;

    /// <summary>Creates a source; trainers are made when they are needed.</summary>
    /// <param name="model">The model; stays the caller's, who disposes this source first.</param>
    /// <param name="encoder">Reads conversations as the model's chat client does.</param>
    /// <param name="options">Resources; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DecoderAdaptationSource(DecoderModel model, IConversationEncoder encoder, AdaptationOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(encoder);
        options ??= new AdaptationOptions();
        options.Validate();
        _model = model;
        _encoder = encoder;
        _time = time ?? TimeProvider.System;
        _small = TensorPlan.Of(model.Shape).Sum(plan => (long)plan.Rows * plan.Columns) < SmallModelParameters;
        _longest = Math.Min(model.Shape.ContextLength, options.MaximumSequence ?? int.MaxValue);
        _trainers = new TrainerPool(model, options.MaximumTrainers ?? (_small ? SmallModelTrainers : 1));
    }

    /// <summary>Gets how many trainers hold memory.</summary>
    public int Trainers => _trainers.Alive;

    /// <inheritdoc/>
    public async ValueTask<ITemporaryAdapter> AdaptAsync(AdaptationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        long asked = _time.GetTimestamp();
        TrainingExample[] examples = Read(request);
        int longest = examples.Max(example => example.TokenIds.Length);

        // Few sizes of workspaces, so that trainers find another use.
        int rows = Math.Max(FewestRows, (int)BitOperations.RoundUpToPowerOf2((uint)longest));
        using AdapterMixture? beneath = Beneath(request);
        TimeSpan prepared = _time.GetElapsedTime(asked);
        using TrainerPool.Lease lease = await _trainers.RentAsync(new TrainerForm(request.Rank, request.Alpha, request.MaximumGradientNorm, rows), cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Train(lease.Trainer, request, beneath, examples, rows, prepared, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Frees the trainers. Adapters that are loaded stay until their own end.</summary>
    public void Dispose() => _trainers.Dispose();

    private TemporaryAdapter Train(
        AdapterTrainer<float> trainer, AdaptationRequest request, AdapterMixture? beneath, TrainingExample[] examples, int rows, TimeSpan prepared, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        trainer.LieOver(beneath?.Parts ?? []);
        trainer.Restart(request.Seed);
        ImmutableArray<PackedBatch> batches = SequencePacker.Pack([.. examples.Select(SequencePiece.Whole)], rows);
        double rate = request.LearningRate ?? (_small ? SmallModelRate : LargeModelRate);
        double targets = batches.Sum(batch => (double)batch.TargetCount);
        List<double> losses = [];
        while (losses.Count < request.Steps && (losses.Count == 0 || !(_time.GetElapsedTime(start) >= request.TimeLimit)))
        {
            double loss = 0;
            foreach (PackedBatch batch in batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                loss += trainer.AccumulateGradients(batch, Loss, new LossContext(targets, examples.Length, examples.Length, (double)losses.Count / request.Steps));
            }

            double norm = double.IsFinite(loss) ? trainer.ApplyGradients(rate) : double.NaN;
            if (!double.IsFinite(norm))
            {
                throw new AdaptationException(string.Create(
                    CultureInfo.InvariantCulture, $"Step {losses.Count + 1} of the adaptation has loss {loss} and gradient norm {norm} at learning rate {rate:G4}; lower the rate or take fewer steps."));
            }

            losses.Add(loss);
        }

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return new TemporaryAdapter(_model.Adapters.AddScoped(trainer.ToAdapter("temporary")), losses, (prepared + _time.GetElapsedTime(start)).TotalSeconds);
        }
        catch (TrainingException error)
        {
            throw new AdaptationException($"The trained adapter has values that are not finite at learning rate {rate.ToString("G4", CultureInfo.InvariantCulture)}; lower the rate or take fewer steps.", error);
        }
    }

    private AdapterMixture? Beneath(AdaptationRequest request)
    {
        AdapterMixture? mixture = _model.Adapters.Resolve(request.Adapters);
        if (mixture?.Parts.FirstOrDefault(part => part.Adapter.IsDora).Adapter is { } dora)
        {
            mixture.Dispose();
            throw new AdaptationException($"The request runs with '{dora.Name}', which is DoRA; a temporary adapter is trained over LoRA adapters only. Improve the base model, or take a LoRA adapter.");
        }

        return mixture;
    }

    private TrainingExample[] Read(AdaptationRequest request)
    {
        EncodedConversation[] encoded;
        try
        {
            encoded = [.. request.Conversations.Select(item => _encoder.EncodeTarget(item.Prompt, item.Target, item.Options)), .. request.Encoded];
        }
        catch (Exception error) when (error is NotSupportedException or ArgumentException)
        {
            throw new AdaptationException($"An example cannot be read as a conversation of the model '{_model.Name}': {error.Message}", error);
        }

        return [.. encoded.Select(Example)];
    }

    private TrainingExample Example(EncodedConversation item, int index)
    {
        int length = item.PromptTokenIds.Count + item.TargetTokenIds.Count;
        if (item.PromptTokenIds.Count == 0 || item.TargetTokenIds.Count == 0 || length > _longest)
        {
            throw new AdaptationException(
                $"Example {index} of the adaptation has {item.PromptTokenIds.Count} tokens of prompt and {item.TargetTokenIds.Count} to learn; expected at least 1 of each and {_longest} together.");
        }

        foreach (int id in item.PromptTokenIds.Concat(item.TargetTokenIds))
        {
            if ((uint)id >= (uint)_model.Shape.VocabularySize)
            {
                throw new AdaptationException($"Example {index} of the adaptation has the token id {id}; the vocabulary of '{_model.Name}' has {_model.Shape.VocabularySize}.");
            }
        }

        return TrainingExample.FromSpans([.. item.PromptTokenIds, .. item.TargetTokenIds], new TargetSpan(item.PromptTokenIds.Count, item.TargetTokenIds.Count));
    }
}
