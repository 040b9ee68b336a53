using System.Collections.Concurrent;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Arithmetic;
using Agents.Evaluation.Tasks.Code;
using Agents.Evaluation.Tasks.Listing;
using Agents.Evaluation.Tasks.Lookup;
using Agents.Evaluation.Tasks.Programs;
using Agents.Evaluation.Tasks.Tools;
using Agents.Evaluation.Tasks.Transform;

namespace Agents.Runtime.Replication;

/// <summary>Built-in families that draw one level of difficulty in every split. The splits are the same as without: content alone decides them.</summary>
internal static class SingleLevelFamilies
{
    private static readonly ConcurrentDictionary<(string Id, int Level), ITaskFamily?> Known = new();

    /// <summary>Finds a family restricted to a level; null where it has no such setting, so that its own items have to be filtered.</summary>
    /// <param name="id">Id of the family.</param>
    /// <param name="level">Level from 1.</param>
    /// <exception cref="ReplicationException">The family has no such level.</exception>
    public static ITaskFamily? Find(string id, int level) => Known.GetOrAdd((id, level), static key => Create(key.Id, key.Level));

    private static ITaskFamily? Create(string id, int level)
    {
        if (level < 1)
        {
            throw new ReplicationException($"Level {level} of family {id} does not exist; levels count from 1.");
        }

        double[] weights = new double[level];
        weights[^1] = 1;
        DifficultyMix only = new(weights);
        try
        {
            return id switch
            {
                "arithmetic" => new ArithmeticFamily(new ArithmeticOptions { Difficulty = only, HeldOutDifficulty = null }),
                "transform" => new TransformFamily(new TransformOptions { Difficulty = only, HeldOutDifficulty = null }),
                "lookup" => new LookupFamily(new LookupOptions { Difficulty = only, HeldOutDifficulty = null }),
                "tools" => new ToolsFamily(new ToolsOptions { Difficulty = only, HeldOutDifficulty = null }),
                "listing" => new ListingFamily(new ListingOptions { Difficulty = only, HeldOutDifficulty = null }),
                "program" => new ProgramsFamily(new ProgramsOptions { Difficulty = only, HeldOutDifficulty = null }),
                CodeFamily.FamilyId => new CodeFamily(new CodeOptions { Difficulty = only, HeldOutDifficulty = null }),
                _ => null,
            };
        }
        catch (ArgumentException refused)
        {
            throw new ReplicationException($"Family {id} has no level {level}: {refused.Message}", refused);
        }
    }
}
