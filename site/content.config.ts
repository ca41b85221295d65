import { defineCollection } from 'astro:content'
import { file, glob } from 'astro/loaders'
import {
  factSchema,
  lessonSchema,
  messageItemSchema,
  moduleSchema,
  quizItemSchema,
  reviewCardSchema,
  termSchema,
} from './content-schema.ts'

export const collections = {
  facts: defineCollection({ loader: file('content/facts/s1.yml'), schema: factSchema }),
  terms: defineCollection({ loader: file('content/glossary/en.yml'), schema: termSchema }),
  modules: defineCollection({ loader: file('content/courses/modules.yml'), schema: moduleSchema }),
  lessons: defineCollection({
    loader: glob({ pattern: '**/*.mdx', base: 'content/courses' }),
    schema: lessonSchema,
  }),
  items: defineCollection({
    loader: file('content/courses/sme/s1/items.yml'),
    schema: quizItemSchema,
  }),
  cards: defineCollection({
    loader: file('content/courses/sme/s1/cards.yml'),
    schema: reviewCardSchema,
  }),
  messages: defineCollection({
    loader: glob({ pattern: '*.json', base: 'content/games/real-or-scam' }),
    schema: messageItemSchema,
  }),
}
