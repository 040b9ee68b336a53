using Agents.Reasoning;
using Agents.Runtime.Hosting;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Services.AddAgents(options => options.Model = builder.Configuration["model"] ?? options.Model);
using IHost host = builder.Build();
await host.StartAsync();

string question = builder.Configuration["question"] ?? "What is 12 + 30?";
IAgents agents = host.Services.GetRequiredService<IAgents>();
ReasoningResult result = await agents.AskAsync(question, "self-aggregation");
Console.WriteLine($"self-aggregation: {result.Answer?.Text} ({result.Usage.Calls} calls, {result.Usage.Tokens} tokens)");

// A strategy is a chat client like any other, so existing code needs no change.
IChatClient chat = agents.Client("self-consistency");
ChatResponse response = await chat.GetResponseAsync(question);
Console.WriteLine($"self-consistency: {response.Text}");
await host.StopAsync();
