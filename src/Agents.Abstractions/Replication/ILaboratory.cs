using System.Text.Json.Serialization.Metadata;
using Agents.Reasoning;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Replication;

/// <summary>
/// What a replication works with. All results are pure functions of the profile, the seeds and the base model: items are drawn by seed, calls take their streams
/// from (seed, item), and nothing depends on the order or time in which parts ran.
/// </summary>
public interface ILaboratory
{
    /// <summary>Gets how large the run is.</summary>
    ReplicationProfile Profile { get; }

    /// <summary>Gets the seeds to repeat training and sampling with: one in a quick run, at least three in a full one.</summary>
    IReadOnlyList<ulong> Seeds { get; }

    /// <summary>Gets the model under test.</summary>
    ILaboratoryModel Model { get; }

    /// <summary>Gets how final answers are extracted and compared.</summary>
    IAnswerFormat Answers { get; }

    /// <summary>Gets the clock; times are reported, never decided on.</summary>
    TimeProvider Time { get; }

    /// <summary>Tells the user what is going on, in one line.</summary>
    /// <param name="message">The line.</param>
    void Say(string message);

    /// <summary>Draws items without repeated questions. Splits are disjoint by construction; a family's splits are checked when items of several are drawn.</summary>
    /// <param name="query">Which items.</param>
    IReadOnlyList<ExperimentItem> Items(ItemQuery query);

    /// <summary>Draws another item of the same kind as a given one, from the training split.</summary>
    /// <param name="item">An item of <see cref="Items"/>.</param>
    /// <param name="stream">Decides which one.</param>
    ExperimentItem Similar(ExperimentItem item, SampleStream stream);

    /// <summary>Solves a problem that was written as text, by the rules of a family.</summary>
    /// <param name="family">Id of a family that reads its questions: <c>transform</c> or <c>transform-renamed</c>.</param>
    /// <param name="question">The complete question.</param>
    /// <returns>The problem with its solution; null where the text is none that the family could have drawn.</returns>
    WrittenProblem? Solve(string family, string question);

    /// <summary>Writes training conversations of a role over items, with the noise that the query asks for.</summary>
    /// <param name="query">Role, family, count, seed.</param>
    IReadOnlyList<TrainingConversation> RoleData(RoleQuery query);

    /// <summary>Grades a response by the item's programmatic verifier; null when it cannot be judged.</summary>
    /// <param name="item">The item.</param>
    /// <param name="response">The complete response.</param>
    /// <param name="cancellationToken">Stops the grading.</param>
    ValueTask<bool?> GradeAsync(ExperimentItem item, string response, CancellationToken cancellationToken = default);

    /// <summary>Renders a prompt as the strategies do, for the model under test.</summary>
    /// <param name="name">Prompt name.</param>
    /// <param name="variables">Its variables.</param>
    IReadOnlyList<ChatMessage> Prompt(string name, IReadOnlyDictionary<string, object?> variables);

    /// <summary>Answers an item with the real strategy code. The strategy sees the question only.</summary>
    /// <param name="run">Strategy, options, budget, adapters of roles.</param>
    /// <param name="item">The item.</param>
    /// <param name="seed">Seed of the arm.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    Task<ExperimentAnswer> AnswerAsync(StrategyRun run, ExperimentItem item, ulong seed, CancellationToken cancellationToken = default);

    /// <summary>Trains an adapter over the model under test, or returns the one that an earlier run with equal inputs left in the laboratory's folder.</summary>
    /// <param name="training">Data, loss and settings.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    Task<ExperimentAdapter> TrainAsync(AdapterTraining training, CancellationToken cancellationToken = default);

    /// <summary>Runs one arm with one seed over items, several at a time; items whose observation is in the journal are not run again.</summary>
    /// <param name="arm">Name of the arm, stable.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="items">The items.</param>
    /// <param name="observe">Observes one item; must be safe to call at once for several.</param>
    /// <param name="cancellationToken">Stops the arm.</param>
    Task<ArmRun> MeasureAsync(
        string arm, ulong seed, IReadOnlyList<ExperimentItem> items, Func<ExperimentItem, CancellationToken, Task<Observation>> observe, CancellationToken cancellationToken = default);

    /// <summary>Computes something once per run folder: the value is kept in the journal under its key.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="key">Key, including the seed where the value depends on it.</param>
    /// <param name="type">Its JSON form.</param>
    /// <param name="create">Computes it.</param>
    /// <param name="cancellationToken">Stops the computation.</param>
    Task<T> RememberAsync<T>(string key, JsonTypeInfo<T> type, Func<CancellationToken, Task<T>> create, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Compares two arms, all their seeds pooled, paired by item and seed, clustered by item: paired bootstrap of 10,000 draws.</summary>
    /// <param name="baseline">Runs of the arm compared against.</param>
    /// <param name="method">Runs of the arm in question.</param>
    /// <param name="metric">Which value of the observations; null for correctness.</param>
    ArmComparison Compare(IReadOnlyList<ArmRun> baseline, IReadOnlyList<ArmRun> method, string? metric = null);
}
