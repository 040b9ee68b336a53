using Agents.Models;
using Agents.Plugins.VerbalizedSampling.Replication;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Testing;

namespace Agents.Plugins.VerbalizedSampling.Tests.Replication;

/// <summary>A laboratory around a <see cref="ListingWorld"/>, whose students solve the types of problems that they were taught.</summary>
internal static class VerbalizedWorld
{
    public static ScriptedLaboratory Laboratory(ListingWorld world, params ulong[] seeds)
    {
        int responses = ListingScale.Of(ReplicationProfile.Quick).Responses;
        int problems = SynthesisScale.Of(ReplicationProfile.Quick).Problems;
        ScriptedLaboratory? own = null;
        own = new ScriptedLaboratory
        {
            Seeds = seeds.Length > 0 ? seeds : [1],
            Model = new ScriptedLaboratoryModel(world, world),
            Prompts = MemoryPrompts.Of(("verbalized-sampling/sample", "{{question}}\nlist {{count}}{{#if tail}} under {{tail}}{{/if}}", ["question", "count", "tail"])),
            Answer = (run, item, _) => run.Strategy != "direct" || Taught(own!, run).Contains(SynthesisCorpus.NameOf(item.Facts)) ? item.Solution : "answer: none",
            Details = (run, item, seed) => world.Loses(run, item) ? throw new UnreadableListException("None of 20 replies had a list.") : new Dictionary<string, object?>
            {
                [WeightedCandidates.DetailName] = item.Question == SynthesisCorpus.Request ? world.Problems(problems, seed) : ListingWorld.Lists(item, responses, seed),
            },
        };
        world.Learn(own);
        return own;
    }

    private static HashSet<string> Taught(ScriptedLaboratory laboratory, StrategyRun run) => run.Adapters.TryGetValue(ModelRoles.Default, out ExperimentAdapter? student)
        ? [.. laboratory.Trainings[int.Parse(student.Id[(student.Id.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture) - 1].Conversations
            .Select(lesson => SynthesisCorpus.NameOf(laboratory.Solve(SynthesisScale.Family, lesson.Prompt[0].Text)!.Facts))]
        : [];
}
