using System.Collections.Immutable;
using Agents.Models;
using Agents.Runtime.Learning.Roles;
using Agents.Training.Adapters;
using Agents.Training.Backward;
using Agents.Training.Data;
using Agents.Training.Optimization;

namespace Agents.Runtime.Learning;

/// <summary>Everything that decides the result of a run: read from YAML by <see cref="RecipeReader"/>, run by <see cref="RecipeRunner"/>.</summary>
public sealed record TrainingRecipe
{
    /// <summary>Gets the name of the run and of the model it makes.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the seed of weights and data.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Gets the loop. Default supervised training.</summary>
    public TrainingLoop Loop { get; init; }

    /// <summary>Gets the settings of preference training; null for other loops.</summary>
    public PreferenceSettings? Preference { get; init; }

    /// <summary>Gets the settings of reinforcement learning; null for other loops.</summary>
    public ReinforcementSettings? Reinforcement { get; init; }

    /// <summary>Gets the settings of rejection-sampling fine-tuning; null for other loops.</summary>
    public RejectionSettings? Rejection { get; init; }

    /// <summary>Gets the settings of training the roles of a strategy; null for other loops.</summary>
    public RolesSettings? Roles { get; init; }

    /// <summary>Gets what the look at the run before its first step may do. Default: change settings that cannot work, and refuse what cannot be helped.</summary>
    public PreflightMode Preflight { get; init; }

    /// <summary>Gets the shape of a model that starts from random weights; null when <see cref="StartFrom"/> names one.</summary>
    public ModelShape? Shape { get; init; }

    /// <summary>Gets the model to continue from (a GGUF file, a checkpoint folder, or <c>tiny</c>); null for random weights.</summary>
    public string? StartFrom { get; init; }

    /// <summary>Gets how the tokenizer is trained; used with random weights only.</summary>
    public required TokenizerRecipe Tokenizer { get; init; }

    /// <summary>Gets what is learned, and in which proportions.</summary>
    public required ImmutableArray<MixtureEntry> Mixture { get; init; }

    /// <summary>Gets how much a prompt token counts beside an answer token, in [0, 1]: 0 learns the assistant's turns only, 1 is plain pre-training.</summary>
    public required double PromptWeight { get; init; }

    /// <summary>Gets the number of optimizer steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets sizes of steps and micro-batches.</summary>
    public required PackingOptions Packing { get; init; }

    /// <summary>Gets the course of the learning rate.</summary>
    public required LearningRateSchedule LearningRate { get; init; }

    /// <summary>Gets memory and optimizer settings.</summary>
    public required DecoderTrainerOptions Trainer { get; init; }

    /// <summary>Gets adapter, memory and optimizer settings of a run that trains an adapter over the frozen model of <see cref="StartFrom"/>; null to train all weights.</summary>
    public AdapterTrainerOptions? Adapter { get; init; }

    /// <summary>Gets the adapter that is trained further, a PEFT folder or GGUF file; null for a new one.</summary>
    public string? AdapterStart { get; init; }

    /// <summary>Gets how often a checkpoint is written, in steps; 0 for never by steps.</summary>
    public required int CheckpointSteps { get; init; }

    /// <summary>Gets how often a checkpoint is written, in time; null for never by time.</summary>
    public required TimeSpan? CheckpointInterval { get; init; }

    /// <summary>Gets how often the validation loss is computed, in steps; 0 for never.</summary>
    public required int ValidationSteps { get; init; }

    /// <summary>Gets the number of validation examples.</summary>
    public required int ValidationExamples { get; init; }

    /// <summary>Gets the element type of the written model: <c>f32</c>, <c>f16</c>, <c>bf16</c> or <c>q8_0</c>.</summary>
    public required string OutputType { get; init; }

    /// <summary>Gets the hash of the recipe's text.</summary>
    public required string Hash { get; init; }
}
