using Agents.Cli.Tests.Harness;

[assembly: AssemblyFixture(typeof(RandomModel))]
